package io.headgate.limiter.local;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Usage;
import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.LimitStoreContract;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

class LocalLimitStoreTest extends LimitStoreContract {

    @Override
    protected Fleet openFleet() {
        AtomicLong clock = new AtomicLong(START);
        LocalLimitStore store = new LocalLimitStore(clock::get, AlgorithmCounter::new);
        LimitStore[] nodes = {store, new SecondView(store)};
        return new Fleet() {
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
        };
    }

    /** In one process two nodes can only be two references to one store. */
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
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return store.peek(charges);
        }
    }
}
