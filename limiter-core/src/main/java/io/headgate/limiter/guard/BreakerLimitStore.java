package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Stops asking a store that does not answer. After {@link #FAILURES_TO_OPEN} failures in a row every call fails at once,
 * but for one probe per interval; the first answer closes the breaker again. So an outage costs the deadline a few
 * times and not on every request, and the end of an outage is noticed within one interval.
 *
 * <p>The interval is spread by a quarter to either side, so that the nodes of a fleet do not probe together.
 * Thread-safe and lock-free.
 */
public final class BreakerLimitStore implements LimitStore {

    /** Failures in a row that open the breaker. */
    public static final int FAILURES_TO_OPEN = 5;

    /** Whether calls pass. */
    public enum State {
        /** Calls pass. */
        CLOSED,
        /** Calls fail at once; a probe passes now and then. */
        OPEN
    }

    private final LimitStore store;
    private final long probeNanos;
    private final LongSupplier nanoTime;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong nextProbe = new AtomicLong();

    /** @param probeInterval time between two probes of an open breaker */
    public BreakerLimitStore(LimitStore store, Duration probeInterval) {
        this(store, probeInterval, System::nanoTime);
    }

    BreakerLimitStore(LimitStore store, Duration probeInterval, LongSupplier nanoTime) {
        this.store = store;
        this.probeNanos = probeInterval.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether calls pass right now. */
    public State state() {
        return failures.get() < FAILURES_TO_OPEN ? State.CLOSED : State.OPEN;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return guarded(() -> store.acquire(charges));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return guarded(() -> store.refund(charges, admission));
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return guarded(() -> store.settle(reservation, actual));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return guarded(() -> store.reset(keys));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return guarded(() -> store.peek(charges));
    }

    private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> call) {
        if (state() == State.OPEN && !claimsProbe()) {
            return CompletableFuture.failedFuture(new StoreUnavailable("the limit store is not answering"));
        }
        return call.get().whenComplete((answer, error) -> record(error));
    }

    private boolean claimsProbe() {
        long now = nanoTime.getAsLong();
        long due = nextProbe.get();
        return now - due >= 0 && nextProbe.compareAndSet(due, now + spread(probeNanos));
    }

    private void record(Throwable error) {
        if (error == null) {
            if (failures.get() != 0) {
                failures.set(0);
            }
        } else if (StoreUnavailable.is(error) && failures.incrementAndGet() == FAILURES_TO_OPEN) {
            nextProbe.set(nanoTime.getAsLong() + spread(probeNanos));
        }
    }

    private static long spread(long nanos) {
        return nanos - nanos / 4 + ThreadLocalRandom.current().nextLong(Math.max(1, nanos / 2));
    }
}
