package io.headgate.gateway.backend;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.headgate.gateway.backend.Hedge.Work;
import io.headgate.gateway.identity.Visitor;
import io.headgate.gateway.media.HeldReload;
import io.headgate.gateway.netty.NettyRequest;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.ConcurrencyRule;
import io.headgate.policy.match.HedgeRule;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * One request's way to a backend: an instance, its breaker, the proxying, and perhaps all that again. Ends when the
 * response's headers are there; timeout and breaker cover the time until then, and the bodies stream for as long as they
 * like.
 */
final class Call {

    private static final ConcurrencyRule UNBOUNDED = new ConcurrencyRule.None();
    private static final HedgeRule NOT_HEDGED = new HedgeRule.None();
    private static final String STAY = Call.class.getName() + ".stay";

    private final Backend backend;
    private final Breakers breakers;
    private final BackendMeters meters;
    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final ForwardedRequest request;
    private final List<Instance> tried = new ArrayList<>(1 + Retry.MOST);
    private final Priority priority;
    private final boolean held;
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
        this.request = new ForwardedRequest(exchange.getRequest());
        this.priority = Priority.of(backend, request);
        this.held = HeldReload.isIn(exchange);
    }

    /** Fails with what {@link Failure} knows; a server error of the backend's is there to be passed on all the same. */
    Mono<Void> run() {
        backend.retries().earn();
        return Mono.defer(this::attempt);
    }

    /** The request is over, with its answer or without: the instance has one less to work on. */
    static void end(ServerWebExchange exchange) {
        Instance.Stay stay = exchange.getAttribute(STAY);
        if (stay != null) {
            stay.end();
        }
        AnswerTimes.end(exchange);
    }

    private Mono<Void> attempt() {
        Optional<Instance> chosen = backend.choose(request.getURI().getRawPath(), tried, this::permitted);
        return chosen.map(this::attempt).orElseGet(() -> Mono.error(new NoInstance()));
    }

    private boolean permitted(Instance instance) {
        return breakers.permits(backend, instance);
    }

    private Mono<Void> attempt(Instance instance) {
        Optional<Breakers.Guarded> guarded = breakers.of(backend, instance);
        Work work = work(instance, guarded);
        Mono<Void> answered = hedgeAfter(guarded)
                .map(after -> Hedge.race(
                        exchange,
                        after,
                        work,
                        later -> NettyRequest.onEventLoop(request, later),
                        this::elsewhere,
                        meters::hedgeWon))
                .orElseGet(() -> work.apply(exchange));
        return answered.onErrorResume(error -> again(Failure.of(error), error));
    }

    /** When a second instance is asked as well; empty for never. */
    private Optional<Duration> hedgeAfter(Optional<Breakers.Guarded> guarded) {
        if (held || !isOneOfSeveral() || !Retry.mayBeHedged(request)) {
            return Optional.empty();
        }
        HedgeRule hedge = guarded.map(guard -> guard.rule().hedge()).orElse(NOT_HEDGED);
        if (hedge instanceof HedgeRule.After after) {
            return Optional.of(after.time());
        }
        return hedge instanceof HedgeRule.AfterP95 ? backend.delays().p95() : Optional.empty();
    }

    private Optional<Work> elsewhere() {
        if (!backend.hasAnother(tried, this::permitted)) {
            return Optional.empty();
        } else if (!backend.retries().spend()) {
            meters.hedgeRefused();
            return Optional.empty();
        }
        meters.hedged();
        return backend.choose(request.getURI().getRawPath(), tried, this::permitted)
                .map(instance -> work(instance, breakers.of(backend, instance)));
    }

    /** An attempt at an instance, in an exchange that may be one of two. */
    private Work work(Instance instance, Optional<Breakers.Guarded> guarded) {
        boolean anew = tried.contains(instance);
        tried.add(instance);
        return on -> attempt(instance, anew, guarded, on);
    }

    private Mono<Void> attempt(
            Instance instance, boolean anew, Optional<Breakers.Guarded> guarded, ServerWebExchange on) {
        end(on);
        on.getAttributes().put(STAY, instance.begin());
        on.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, target(instance));
        Optional<BreakerRule> rule = guarded.map(Breakers.Guarded::rule);
        Optional<Bulkhead.Entry> entered = instance.bulkhead().enter(concurrency(rule), priority, this::user);
        if (entered.isEmpty()) {
            meters.shed(priority);
            return Mono.error(new Shed());
        }
        Bulkhead.Entry entry = entered.get();
        request.whenSent(entry::sent);
        long begin = System.nanoTime();
        Mono<Void> call = request.accompany(
                        chain.filter(on.mutate().request(request).build()))
                .then(Mono.defer(() -> judge(rule, on)))
                // Whatever fails once nobody waits for it is not the instance's fault.
                .onErrorMap(error -> NettyRequest.isGone(request), ClientGone::new);
        Optional<Duration> timeout = held ? Optional.empty() : rule.flatMap(BreakerRule::timeout);
        Mono<Void> timed = timeout.map(call::timeout).orElse(call);
        // A breaker counts requests, and each only once.
        Mono<Void> counted = anew
                ? timed
                // Without a fallback that says so, the error would come back wrapped.
                : guarded.map(guard -> guard.breaker().run(timed, Mono::error)).orElse(timed);
        return counted.doOnSuccess(done -> {
                    entry.over(true);
                    succeeded(instance, rule, System.nanoTime() - begin);
                })
                .doOnCancel(() -> entry.over(false))
                .doOnError(error -> {
                    Failure failure = Failure.of(error);
                    entry.over(failure.saysHowBusyTheInstanceIs());
                    failed(instance, failure);
                });
    }

    private ConcurrencyRule concurrency(Optional<BreakerRule> rule) {
        // A reload that the backend holds until there is something new is no work for it.
        return held ? UNBOUNDED : rule.map(BreakerRule::concurrency).orElse(UNBOUNDED);
    }

    private String user() {
        return Visitor.of(exchange)
                .map(visitor -> visitor.caller().user() == null
                        ? visitor.ip().toString()
                        : visitor.caller().user())
                .orElse("");
    }

    private URI target(Instance instance) {
        return URI.create(instance.uri() + PathAndQuery.of(request.getURI()));
    }

    /** The response's headers are there. */
    private static Mono<Void> judge(Optional<BreakerRule> rule, ServerWebExchange on) {
        HttpStatusCode status = on.getResponse().getStatusCode();
        rule.ifPresent(times -> AnswerTimes.begin(on, times));
        if (status == null || !status.is5xxServerError()) {
            return Mono.empty();
        }
        HttpHeaders headers = on.getResponse().getHeaders();
        // One that says when to come back means it.
        boolean elsewhere = (status.isSameCodeAs(HttpStatus.BAD_GATEWAY)
                        || status.isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)
                        || status.isSameCodeAs(HttpStatus.GATEWAY_TIMEOUT))
                && !headers.containsHeader(HttpHeaders.RETRY_AFTER);
        return Mono.error(new BackendFault(elsewhere));
    }

    private void succeeded(Instance instance, Optional<BreakerRule> rule, long tookNanos) {
        if (rule.filter(known -> known.hedge() instanceof HedgeRule.AfterP95).isPresent() && !held) {
            backend.delays().add(tookNanos);
        }
        if (isOneOfSeveral() && instance.outlier().succeeded()) {
            meters.returned(instance);
        }
    }

    private void failed(Instance instance, Failure failure) {
        if (isOneOfSeveral() && failure.saysThatTheInstanceIsIll()) {
            Duration ejected = instance.outlier().failed();
            if (!ejected.isZero()) {
                meters.ejected(instance, ejected);
            }
        }
    }

    /** Or there is nowhere else to go. */
    private boolean isOneOfSeveral() {
        return backend.instances().size() > 1;
    }

    private Mono<Void> again(Failure failure, Throwable error) {
        boolean another = backend.hasAnother(tried, this::permitted);
        if (failure == Failure.BREAKER_OPEN && another) {
            // A half-open breaker has its probes under way already; nothing was sent.
            return attempt();
        }
        boolean open = backend.instances().stream().noneMatch(this::permitted);
        if (open || retries >= Retry.MOST || !Retry.harmless(failure, request, request.touched())) {
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
}
