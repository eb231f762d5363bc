package io.headgate.gateway.edge;

import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import java.net.URI;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request its one canonical path, or a 400, before anything looks at the path. */
final class TargetFilter implements WebFilter, Ordered {

    private final ProblemWriter problems;

    TargetFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.TARGET;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        URI uri = request.getURI();
        String raw = uri.getRawPath();
        CanonicalPath path = CanonicalPath.of(raw);
        if (path instanceof CanonicalPath.Ambiguous ambiguous) {
            return problems.write(
                    exchange, Problem.of(HttpStatus.BAD_REQUEST, "The path is ambiguous: " + ambiguous.why() + "."));
        }
        String canonical = ((CanonicalPath.Clear) path).path();
        if (canonical.equals(raw)) {
            return chain.filter(exchange);
        }
        String query = uri.getRawQuery();
        URI target = URI.create(
                uri.getScheme() + "://" + uri.getRawAuthority() + canonical + (query == null ? "" : "?" + query));
        return chain.filter(
                exchange.mutate().request(request.mutate().uri(target).build()).build());
    }
}
