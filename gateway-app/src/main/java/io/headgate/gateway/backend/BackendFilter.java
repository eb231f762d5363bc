package io.headgate.gateway.backend;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.headgate.gateway.backend.Breakers.Guarded;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.response.RequestBodyRefused;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.PolicySet;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Calls a backend under its breaker.
 *
 * <p>It stands inside the filter that writes the response, and so it sees a call end when the backend's response headers
 * are there. Timeout and breaker cover the time until then; the bodies stream for as long as they like.
 */
final class BackendFilter implements GatewayFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(BackendFilter.class);

    private final Backend backend;
    private final Breakers breakers;
    private final Supplier<PolicySet> policies;
    private final Refunds refunds;
    private final ProblemWriter problems;

    BackendFilter(
            Backend backend, Breakers breakers, Supplier<PolicySet> policies, Refunds refunds, ProblemWriter problems) {
        this.backend = backend;
        this.breakers = breakers;
        this.policies = policies;
        this.refunds = refunds;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, target(exchange.getRequest()));
        ServerWebExchange guarded = exchange.mutate()
                .request(new BlamingClient(exchange.getRequest()))
                .build();
        Mono<Void> call = chain.filter(guarded).then(Mono.defer(() -> judge(exchange)));
        Optional<Guarded> breaker = breakers.of(backend.name());
        Mono<Void> answered = breaker.map(guard -> run(call, guard)).orElse(call);
        return answered.onErrorResume(error -> fail(exchange, error, breaker.map(Guarded::rule)));
    }

    private static Mono<Void> run(Mono<Void> call, Guarded guarded) {
        Optional<Duration> timeout = guarded.rule().timeout();
        // Without a fallback that says so, the error would come back wrapped.
        return guarded.breaker().run(timeout.map(call::timeout).orElse(call), Mono::error);
    }

    private URI target(ServerHttpRequest request) {
        URI uri = request.getURI();
        String query = uri.getRawQuery();
        return URI.create(backend.nextInstance() + uri.getRawPath() + (query == null ? "" : "?" + query));
    }

    /** The response is here: names the gateway in it, and says whether the backend is at fault. */
    private Mono<Void> judge(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        URI location = headers.getLocation();
        if (location != null && location.isAbsolute() && backend.owns(location)) {
            String query = location.getRawQuery();
            headers.set(HttpHeaders.LOCATION, location.getRawPath() + (query == null ? "" : "?" + query));
        }
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        return status != null && status.is5xxServerError() ? Mono.error(new BackendFault()) : Mono.empty();
    }

    private Mono<Void> fail(ServerWebExchange exchange, Throwable error, Optional<BreakerRule> rule) {
        Failure failure = Failure.of(error);
        refunds.after(failure, rule, exchange);
        if (failure == Failure.ANSWERED_5XX) {
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

    /** A request whose body, when it breaks off, says that the client did it. */
    private static final class BlamingClient extends ServerHttpRequestDecorator {

        BlamingClient(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody().onErrorMap(ClientGone::new);
        }
    }
}
