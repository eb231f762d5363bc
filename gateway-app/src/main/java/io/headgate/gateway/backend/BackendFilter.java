package io.headgate.gateway.backend;

import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.response.RequestBodyRefused;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.PolicySet;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Has a backend called, and answers what it does not.
 *
 * <p>It stands inside the filter that writes the response, and so it sees a call end when the backend's response headers
 * are there.
 */
final class BackendFilter implements GatewayFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(BackendFilter.class);

    private final Backend backend;
    private final Breakers breakers;
    private final Supplier<PolicySet> policies;
    private final Refunds refunds;
    private final BackendMeters meters;
    private final ProblemWriter problems;

    BackendFilter(
            Backend backend,
            Breakers breakers,
            Supplier<PolicySet> policies,
            Refunds refunds,
            BackendMeters meters,
            ProblemWriter problems) {
        this.backend = backend;
        this.breakers = breakers;
        this.policies = policies;
        this.refunds = refunds;
        this.meters = meters;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return new Call(backend, breakers, meters, exchange, chain)
                .run()
                .doOnSuccess(answered -> nameTheGateway(exchange))
                .onErrorResume(error -> fail(exchange, error, breakers.rule(backend)));
    }

    private void nameTheGateway(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        URI location = headers.getLocation();
        if (location != null && location.isAbsolute() && backend.owns(location)) {
            headers.set(HttpHeaders.LOCATION, PathAndQuery.of(location));
        }
    }

    private Mono<Void> fail(ServerWebExchange exchange, Throwable error, Optional<BreakerRule> rule) {
        Failure failure = Failure.of(error);
        refunds.after(failure, rule, exchange);
        if (failure.answered()) {
            nameTheGateway(exchange);
            return Mono.empty();
        } else if (error.getCause() instanceof RequestBodyRefused refused) {
            return problems.write(exchange, refused.problem()).onErrorComplete();
        } else if (failure == Failure.CLIENT_GONE) {
            // Gone, or told by the server already that its body was none; else it reads this.
            return problems.write(exchange, Problem.of(HttpStatus.BAD_REQUEST, "The request body broke off."))
                    .onErrorComplete();
        }
        // The breaker's log and meters tell of a sick backend; a line per call would drown them.
        log.debug("{}: {}", backend.name(), error.toString());
        return problems.write(
                exchange,
                BackendProblems.of(failure, backend.name(), rule, policies.get().responses()));
    }
}
