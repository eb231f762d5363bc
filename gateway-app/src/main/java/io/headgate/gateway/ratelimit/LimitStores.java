package io.headgate.gateway.ratelimit;

import io.headgate.gateway.telemetry.ObservedLimitStore;
import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.guard.DenyCacheLimitStore;
import io.headgate.limiter.guard.FallbackLimitStore;
import io.headgate.limiter.guard.LeasingLimitStore;
import io.headgate.limiter.local.LocalLimitStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store that requests are counted in, with everything that stands between: a deadline on each call, a breaker that
 * stops asking a store that is gone, a memory of refusals that still stand, and this node's own share for as long as the
 * store does not answer.
 */
final class LimitStores implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LimitStores.class);

    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);
    private static final int WARM_UP_CALLS = 50;

    private final SharedStore shared;
    private final ScheduledExecutorService timer = DeadlineLimitStore.timer();
    private final SharedStore.Guarded guarded;
    private final LeasingLimitStore leasing;
    private final LimitStore top;

    /**
     * Stacks the store.
     *
     * @param leased whether a counter may be charged in advance
     * @param timeout longest a decision may wait for the shared store
     */
    LimitStores(SharedStore shared, Predicate<LimitKey> leased, Supplier<Duration> timeout, MeterRegistry registry) {
        this.shared = shared;
        warmUp(shared);
        this.guarded = shared.guarding().by(store -> {
            LimitStore deadline = new DeadlineLimitStore(store, timeout, shared.patience(), shared.answers(), timer);
            return new BreakerLimitStore(new ObservedLimitStore(deadline, shared.name(), registry), PROBE_INTERVAL);
        });
        this.leasing = new LeasingLimitStore(guarded.store(), leased, timer);
        DenyCacheLimitStore denyCache = new DenyCacheLimitStore(leasing);
        FunctionCounter.builder("ratelimit.store.leased", leasing, LeasingLimitStore::spared)
                .description("Calls admitted from tokens that were charged in advance")
                .tag("store", shared.name())
                .register(registry);
        this.top = new FallbackLimitStore(denyCache, local(), shared.nodes());
        FunctionCounter.builder("ratelimit.store.spared", denyCache, DenyCacheLimitStore::hits)
                .description("Calls refused from memory, since the store had said that they cannot pass yet")
                .tag("store", shared.name())
                .register(registry);
        Gauge.builder("ratelimit.store.state", () -> answering() ? 1 : 0)
                .description("1 while all of the shared store answers, 0 while each node decides for itself")
                .tag("store", shared.name())
                .register(registry);
        Gauge.builder("ratelimit.nodes", () -> shared.nodes().share().nodes())
                .description("Nodes that share the store, as last known")
                .tag("store", shared.name())
                .register(registry);
    }

    /**
     * Asks the store a few times before anybody waits for it: the first calls of a cold client take longer than any
     * deadline. Each time for another subject, so that all parts of the store are asked. One call without an answer ends
     * it.
     */
    private static void warmUp(SharedStore shared) {
        try {
            for (int i = 0; i < WARM_UP_CALLS; i++) {
                Charge charge = new Charge(
                        LimitKey.of(
                                "warm-up", Subject.of("node", UUID.randomUUID().toString())),
                        new TokenBucket(1, Duration.ofSeconds(1), 1),
                        1,
                        OnStoreFailure.OPEN);
                shared.store().acquire(List.of(charge)).toCompletableFuture().get(1, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            log.warn(
                    "The limit store {} does not answer at {}: {}. It is looked for, and until it answers each limit"
                            + " does what its on-store-failure says",
                    shared.name(),
                    shared.place(),
                    e.getCause() == null
                            ? "nothing within a second"
                            : e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** This process's own counters. */
    static LocalLimitStore local() {
        return LocalLimitStore.monotonic(Bucket4jCounter::of);
    }

    /** What requests are held against. */
    LimitStore top() {
        return top;
    }

    /** Where notes are kept, beside the counters. */
    SharedNotes notes() {
        return shared.notes();
    }

    /** When to look at what, kept there too. */
    Reminders reminders() {
        return shared.reminders();
    }

    /** What operators call the shared store. */
    String name() {
        return shared.name();
    }

    /** Whether all of the shared store answers. */
    boolean answering() {
        Collection<BreakerLimitStore> guards = guarded.guards().get();
        return !guards.isEmpty() && guards.stream().allMatch(guard -> guard.state() == BreakerLimitStore.State.CLOSED);
    }

    /** How many nodes share it, as last known. */
    int nodes() {
        return shared.nodes().share().nodes();
    }

    @Override
    public void close() {
        leasing.close();
        timer.shutdownNow();
        shared.close();
    }
}
