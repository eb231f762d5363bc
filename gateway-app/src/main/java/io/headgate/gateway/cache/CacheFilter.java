package io.headgate.gateway.cache;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.ratelimit.Admission;
import io.headgate.policy.match.StaleRule;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Answers reads of routes that say {@code stale} from memory where that is as good, or better than nothing, and has reads
 * that are under way at the same time share one call of the backend. Who is answered so gets back what the request took from its
 * limits.
 */
public final class CacheFilter implements GatewayFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(CacheFilter.class);

    /** A part of an answer, or an answer on conditions of its own, is not what is kept. */
    private static final List<String> PARTIAL = List.of(
            HttpHeaders.RANGE,
            HttpHeaders.IF_RANGE,
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_UNMODIFIED_SINCE,
            HttpHeaders.UPGRADE);

    private final AnswerCache cache = new AnswerCache();
    private final CacheMeters meters;

    /** @param backend name of the backend whose answers are kept */
    public CacheFilter(String backend, MeterRegistry registry) {
        this.meters = new CacheMeters(backend, registry);
    }

    /** Around all that calls the backend and writes its answer. */
    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 2;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Optional<StaleRule> rule = Keeping.of(exchange).filter(stale -> isPlainRead(exchange.getRequest()));
        return rule.isPresent() ? new Read(exchange, chain, rule.get()).answer() : chain.filter(exchange);
    }

    private static boolean isPlainRead(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        CacheControl wishes = CacheControl.of(headers);
        return request.getMethod().equals(HttpMethod.GET)
                && headers.getContentLength() <= 0
                && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
                && PARTIAL.stream().noneMatch(headers::containsHeader)
                && !wishes.has("no-store")
                && !wishes.has("no-cache")
                && !"no-cache".equals(headers.getFirst(HttpHeaders.PRAGMA));
    }

    /** One request that may be answered from here. */
    private final class Read {

        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final StaleRule rule;
        private final HttpHeaders request;
        private final CacheKey key;
        private final Optional<CachedAnswer> kept;

        Read(ServerWebExchange exchange, GatewayFilterChain chain, StaleRule rule) {
            this.exchange = exchange;
            this.chain = chain;
            this.rule = rule;
            this.request = exchange.getRequest().getHeaders();
            this.key = CacheKey.of(exchange);
            this.kept = cache.find(key, request);
        }

        Mono<Void> answer() {
            long now = System.nanoTime();
            if (kept.filter(answer -> answer.isFresh(now)).isPresent()) {
                return give(kept.get(), Outcome.FRESH);
            } else if (kept.filter(answer -> answer.isWithin(rule.whileRevalidate(), now))
                    .isPresent()) {
                refresh();
                return give(kept.get(), Outcome.REVALIDATING);
            } else if (cache.isAlone(key)
                    || request.containsHeader(HttpHeaders.IF_NONE_MATCH)
                    || request.containsHeader(HttpHeaders.IF_MODIFIED_SINCE)) {
                return fetch(new CompletableFuture<>());
            }
            return share();
        }

        private Mono<Void> give(CachedAnswer answer, Outcome outcome) {
            meters.given(outcome);
            Admission.of(exchange).ifPresent(Admission::giveBackTokens);
            return Replay.write(exchange.getResponse(), answer, request, outcome);
        }

        /** Makes the answer, or waits for the same one to be made. */
        private Mono<Void> share() {
            CacheKey shared = cache.shared(key);
            CompletableFuture<Optional<CachedAnswer>> flight = new CompletableFuture<>();
            return cache.join(shared, flight)
                    .map(other -> NettyRequest.await(other, exchange.getRequest())
                            .flatMap(made -> made.filter(answer -> answer.answers(request))
                                    // Those who wait for what used to be everybody's may find it to be another's.
                                    .filter(answer -> answer.forEverybody() || shared.equals(key))
                                    .map(answer -> give(answer, Outcome.COLLAPSED))
                                    .orElseGet(() -> fetch(new CompletableFuture<>()))))
                    .orElseGet(() -> fetch(flight).doFinally(end -> cache.land(shared, flight)));
        }

        /** @param flight told as soon as others can have the answer, or cannot */
        private Mono<Void> fetch(CompletableFuture<Optional<CachedAnswer>> flight) {
            long now = System.nanoTime();
            RecordingResponse response = new RecordingResponse(
                    exchange.getResponse(),
                    request,
                    rule,
                    kept.filter(answer -> answer.isWithin(rule.ifError(), now)),
                    made -> recorded(made, flight));
            return chain.filter(exchange.mutate().response(response).build()).doOnSuccess(done -> {
                if (response.replaced()) {
                    meters.given(Outcome.IF_ERROR);
                    Admission.of(exchange).ifPresent(Admission::giveBackTokens);
                }
            });
        }

        private void recorded(Optional<CachedAnswer> made, CompletableFuture<Optional<CachedAnswer>> flight) {
            made.ifPresentOrElse(answer -> cache.keep(key, answer), () -> cache.leaveAlone(key));
            flight.complete(made);
        }

        /** Asks for a newer answer, unless somebody does already; no client waits for it. */
        private void refresh() {
            CacheKey shared = cache.shared(key);
            CompletableFuture<Optional<CachedAnswer>> flight = new CompletableFuture<>();
            if (cache.join(shared, flight).isPresent()) {
                return;
            }
            RecordingResponse response = new RecordingResponse(
                    Detached.response(), request, rule, Optional.empty(), made -> recorded(made, flight));
            ServerWebExchange detached = exchange.mutate()
                    .request(Detached.request(exchange.getRequest()))
                    .response(response)
                    .build();
            var unused = chain.filter(detached)
                    .doFinally(end -> cache.land(shared, flight))
                    .subscribe(done -> {}, error -> log.debug("{}: not refreshed: {}", key.target(), error.toString()));
        }
    }
}
