package io.headgate.limiter.testkit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.LocalCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** An in-process store on a manual clock; in one process two nodes can only be two references to one store. */
public final class LocalFleet implements Fleet {

    private final AtomicLong clock;
    private final LimitStore[] nodes;

    /** A store on these counters. */
    public LocalFleet(Function<Quota, LocalCounter> counters, long nowMicros) {
        this(nowMicros, clock -> new LocalLimitStore(clock, counters));
    }

    /**
     * Any store of this process.
     *
     * @param store makes it, given its clock in microseconds
     */
    public LocalFleet(long nowMicros, Function<LongSupplier, LimitStore> store) {
        clock = new AtomicLong(nowMicros);
        LimitStore made = store.apply(clock::get);
        nodes = new LimitStore[] {made, new SecondView(made)};
    }

    @Override
    public LimitStore node(int index) {
        return nodes[index];
    }

    @Override
    public void setMicros(long nowMicros) {
        clock.set(nowMicros);
    }

    @Override
    public void close() {}

    private record SecondView(LimitStore store) implements LimitStore {
        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
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
}
