package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.PolicySet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request the one method by which it is limited and forwarded.
 *
 * <p>A method that the policy cannot name is refused: no route would match it, and so no limit. {@code TRACE} is refused
 * because it sends credentials back. A tus client that can only send {@code POST} says what it means in
 * {@code X-HTTP-Method-Override}; that is taken at its word where the policy has uploads, and removed everywhere else.
 */
final class MethodFilter implements PublicFilter {

    private static final String OVERRIDE = "X-HTTP-Method-Override";

    private static final Set<HttpMethod> SPOKEN = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);
    private static final Set<HttpMethod> REFUSED = Set.of(HttpMethod.TRACE, HttpMethod.valueOf("CONNECT"));

    /** What a POST may stand for (tus 1.0, "X-HTTP-Method-Override"). */
    private static final Set<HttpMethod> MEANT = Set.of(HttpMethod.PATCH, HttpMethod.DELETE);

    private final Supplier<PolicySet> policies;
    private final ProblemWriter problems;

    MethodFilter(Supplier<PolicySet> policies, ProblemWriter problems) {
        this.policies = policies;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.METHOD;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        HttpMethod method = request.getMethod();
        if (!SPOKEN.contains(method)) {
            HttpStatus status = REFUSED.contains(method) ? HttpStatus.METHOD_NOT_ALLOWED : HttpStatus.NOT_IMPLEMENTED;
            return problems.write(
                    exchange,
                    Problem.of(status, "The method is not served.")
                            .withHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        }
        List<String> overrides = NettyRequest.header(request, OVERRIDE);
        boolean meansAnother = !overrides.isEmpty()
                && method.equals(HttpMethod.POST)
                && policies.get().takesUploads(ExchangeFacts.of(request));
        if (!meansAnother) {
            return chain.filter(exchange);
        }
        HttpMethod meant = HttpMethod.valueOf(overrides.get(0));
        if (overrides.size() > 1 || !MEANT.contains(meant)) {
            return problems.write(
                    exchange,
                    Problem.of(HttpStatus.BAD_REQUEST, "The " + OVERRIDE + " header names no method of tus."));
        }
        return chain.filter(exchange.mutate()
                .request(request.mutate().method(meant).build())
                .build());
    }
}
