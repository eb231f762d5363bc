package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Counts how often a store was asked for a decision. */
final class CountingStore implements LimitStore {

    private final LimitStore store;
    private final AtomicLong acquires = new AtomicLong();

    CountingStore(LimitStore store) {
        this.store = store;
    }

    long acquires() {
        return acquires.get();
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        acquires.incrementAndGet();
        return store.acquire(charges);
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return store.refund(charges, admission);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return store.settle(reservation, actual);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return store.reset(keys);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return store.peek(charges);
    }
}
