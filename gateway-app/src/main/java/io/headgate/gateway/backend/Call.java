package io.headgate.gateway.backend;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.headgate.gateway.backend.Breakers.Guarded;
import io.headgate.gateway.media.HeldReload;
import io.headgate.gateway.netty.NettyRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
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
 * One request's way to a backend: an instance, its breaker, the proxying, and perhaps all that again. Ends when the
 * response's headers are there; timeout and breaker cover the time until then, and the bodies stream for as long as they
 * like.
 */
final class Call {

    private static final String STAY = Call.class.getName() + ".stay";

    private final Backend backend;
    private final Breakers breakers;
    private final BackendMeters meters;
    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final Body request;
    private final List<Instance> tried = new ArrayList<>(1 + Retry.MOST);
    private int retries;

    Call(
            Backend backend,
            Breakers breakers,
            BackendMeters meters,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        this.backend = backend;
        this.breakers = breakers;
        this.meters = meters;
        this.exchange = exchange;
        this.chain = chain;
        this.request = new Body(exchange.getRequest());
    }

    /** Fails with what {@link Failure} knows; a server error of the backend's is there to be passed on all the same. */
    Mono<Void> run() {
        backend.retries().earn();
        return attempt();
    }

    /** The request is over, with its answer or without: the instance has one less to work on. */
    static void end(ServerWebExchange exchange) {
        Instance.Stay stay = exchange.getAttribute(STAY);
        if (stay != null) {
            stay.end();
        }
    }

    private Mono<Void> attempt() {
        Optional<Instance> chosen = backend.choose(request.getURI().getRawPath(), tried, this::permitted);
        return chosen.map(this::attempt).orElseGet(() -> Mono.error(new NoInstance()));
    }

    private boolean permitted(Instance instance) {
        return breakers.permits(backend, instance);
    }

    private Mono<Void> attempt(Instance instance) {
        boolean anew = tried.contains(instance);
        tried.add(instance);
        end(exchange);
        exchange.getAttributes().put(STAY, instance.begin());
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, target(instance));
        Mono<Void> call =
                chain.filter(exchange.mutate().request(request).build()).then(Mono.defer(this::judge));
        Mono<Void> guarded = breakers.of(backend, instance)
                .map(guard -> run(call, guard, anew))
                .orElse(call);
        return guarded.doOnSuccess(done -> note(instance, null))
                .doOnError(error -> note(instance, Failure.of(error)))
                .onErrorResume(this::again);
    }

    /** @param anew whether this request has been to this instance; its breaker counts requests, and each only once */
    private Mono<Void> run(Mono<Void> call, Guarded guarded, boolean anew) {
        Mono<Void> timed = HeldReload.isIn(exchange)
                ? call
                : guarded.rule().timeout().map(call::timeout).orElse(call);
        // Without a fallback that says so, the error would come back wrapped.
        return anew ? timed : guarded.breaker().run(timed, Mono::error);
    }

    private URI target(Instance instance) {
        URI uri = request.getURI();
        String query = uri.getRawQuery();
        return URI.create(instance.uri() + uri.getRawPath() + (query == null ? "" : "?" + query));
    }

    /** The response's headers are there. */
    private Mono<Void> judge() {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        if (status == null || !status.is5xxServerError()) {
            return Mono.empty();
        }
        HttpHeaders headers = exchange.getResponse().getHeaders();
        // One that says when to come back means it.
        boolean elsewhere = (status.isSameCodeAs(HttpStatus.BAD_GATEWAY)
                        || status.isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)
                        || status.isSameCodeAs(HttpStatus.GATEWAY_TIMEOUT))
                && !headers.containsHeader(HttpHeaders.RETRY_AFTER);
        return Mono.error(new BackendFault(elsewhere));
    }

    private void note(Instance instance, @Nullable Failure failure) {
        if (backend.instances().size() == 1) {
            // There is nowhere else to go.
            return;
        }
        if (failure == null) {
            if (instance.outlier().succeeded()) {
                meters.returned(instance);
            }
        } else if (failure.saysThatTheInstanceIsIll()) {
            Duration ejected = instance.outlier().failed();
            if (!ejected.isZero()) {
                meters.ejected(instance, ejected);
            }
        }
    }

    private Mono<Void> again(Throwable error) {
        Failure failure = Failure.of(error);
        boolean another = backend.hasAnother(tried, this::permitted);
        if (failure == Failure.BREAKER_OPEN && another) {
            // A half-open breaker has its probes under way already; nothing was sent.
            return attempt();
        }
        boolean open = backend.instances().stream().noneMatch(this::permitted);
        if (open || retries >= Retry.MOST || !Retry.harmless(failure, request, request.touched)) {
            return Mono.error(error);
        }
        // Where nothing reached an ill instance and there is a well one, this is the first attempt at the backend.
        boolean first = failure == Failure.STALE_CONNECTION || (failure == Failure.UNREACHED && another);
        if (!first && !backend.retries().spend()) {
            meters.retryRefused();
            return Mono.error(error);
        }
        meters.retried();
        int before = retries++;
        return Mono.delay(Retry.wait(before)).then(NettyRequest.onEventLoop(request, Mono.defer(() -> {
            ServerWebExchangeUtils.reset(exchange);
            exchange.getResponse().setStatusCode(null);
            return attempt();
        })));
    }

    /** The request, knowing whether its body has been asked for, and blaming the client if that breaks off. */
    private static final class Body extends ServerHttpRequestDecorator {

        private volatile boolean touched;

        Body(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody().doOnSubscribe(reading -> touched = true).onErrorMap(ClientGone::new);
        }
    }
}
