package io.headgate.gateway.telemetry;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times every call of a store as {@code ratelimit.store.latency}, and logs when the store stops answering and when it
 * answers again: two lines for an outage, however many calls it costs.
 */
public final class ObservedLimitStore implements LimitStore {

    private static final Logger log = LoggerFactory.getLogger(ObservedLimitStore.class);

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50)
    };

    private final LimitStore store;
    private final String name;
    private final Timer answered;
    private final Timer unavailable;
    private final AtomicBoolean silent = new AtomicBoolean();

    /** @param name what operators call the store */
    public ObservedLimitStore(LimitStore store, String name, MeterRegistry registry) {
        this.store = store;
        this.name = name;
        this.answered = timer("answered", registry);
        this.unavailable = timer("unavailable", registry);
    }

    private Timer timer(String outcome, MeterRegistry registry) {
        return Timer.builder("ratelimit.store.latency")
                .description("Time until the store answered, or until it was given up")
                .tag("store", name)
                .tag("outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        long start = System.nanoTime();
        return observed(start, store.acquire(charges));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        long start = System.nanoTime();
        return observed(start, store.refund(charges, admission));
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        long start = System.nanoTime();
        return observed(start, store.settle(reservation, actual));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        long start = System.nanoTime();
        return observed(start, store.reset(keys));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        long start = System.nanoTime();
        return observed(start, store.peek(charges));
    }

    private <T> CompletionStage<T> observed(long start, CompletionStage<T> stage) {
        return stage.whenComplete((answer, error) -> {
            long nanos = System.nanoTime() - start;
            if (error == null) {
                answered.record(nanos, TimeUnit.NANOSECONDS);
                if (silent.get() && silent.compareAndSet(true, false)) {
                    log.info("The limit store {} answers again", name);
                }
            } else if (StoreUnavailable.is(error)) {
                unavailable.record(nanos, TimeUnit.NANOSECONDS);
                if (silent.compareAndSet(false, true)) {
                    log.warn(
                            "The limit store {} does not answer: {}. Each limit now does what its on-store-failure says.",
                            name,
                            reason(error));
                }
            }
        });
    }

    private static String reason(Throwable error) {
        Throwable cause = error.getCause();
        return String.valueOf((error instanceof CompletionException && cause != null ? cause : error).getMessage());
    }
}
