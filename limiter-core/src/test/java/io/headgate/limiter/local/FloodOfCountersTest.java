package io.headgate.limiter.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers that nobody has seen before, one after the other, as from addresses made up. */
class FloodOfCountersTest {

    private static final int MOST = 1_000;
    private static final int FLOOD = 50_000;

    private static final SlidingWindow LONG = new SlidingWindow(10, Duration.ofHours(1));
    private static final TokenBucket SHORT = new TokenBucket(1_000, Duration.ofSeconds(1), 1_000);

    private long nowMicros = 1_790_000_000_000_000L;
    private long looks;
    private final LocalLimitStore store =
            new LocalLimitStore(() -> nowMicros, quota -> new Watched(new AlgorithmCounter(quota)), MOST);

    @Test
    void each_new_counter_costs_a_look_at_a_few_others_also_if_there_are_always_some_that_are_idle() {
        for (int i = 0; i < FLOOD; i++) {
            store.acquire(List.of(once("long", i, LONG), once("short", i, SHORT)));
            nowMicros += 10;
        }
        // A sweep looks at all of them, and makes room for an eighth.
        assertThat(looks).isPositive().isLessThan(2L * FLOOD * 10);
    }

    @Test
    void the_latest_counters_are_kept() {
        for (int i = 0; i < FLOOD; i++) {
            store.acquire(List.of(once("long", i, LONG)));
        }
        for (int i = FLOOD - MOST / 2; i < FLOOD; i++) {
            Usage left = store.peek(List.of(once("long", i, LONG)))
                    .toCompletableFuture()
                    .join()
                    .get(0);
            assertThat(left.remaining()).isEqualTo(9);
        }
    }

    private static Charge once(String limit, long subject, Quota quota) {
        return new Charge(LimitKey.of(limit, new Subject(subject, subject)), quota, 1, OnStoreFailure.LOCAL);
    }

    /** Counts how often it is asked whether it is idle. */
    private final class Watched implements LocalCounter {

        private final LocalCounter counter;

        Watched(LocalCounter counter) {
            this.counter = counter;
        }

        @Override
        public LocalCounter under(Quota other, long now) {
            return this;
        }

        @Override
        public Usage usage(long now, Charge charge) {
            return counter.usage(now, charge);
        }

        @Override
        public Taken charge(long now, Charge charge) {
            return counter.charge(now, charge);
        }

        @Override
        public Usage refuse(long now, Charge charge) {
            return counter.refuse(now, charge);
        }

        @Override
        public void refund(long atMicros, Charge charge) {
            counter.refund(atMicros, charge);
        }

        @Override
        public void settle(long now, long atMicros, Charge charge, long actual) {
            counter.settle(now, atMicros, charge, actual);
        }

        @Override
        public long idleAfterMicros(long now) {
            looks++;
            return counter.idleAfterMicros(now);
        }
    }
}
