package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each piece of state that threads share, under interleavings that a model checker picks: whatever they do at once must come
 * to what they would have done one after the other.
 */
@Tag("proof")
class InterleavingsTest {

    private static final long NOW = 1_000_000_000L;
    private static final SlidingWindow QUOTA = new SlidingWindow(12_800, Duration.ofHours(1));

    @Test
    void refusals_are_remembered_found_and_forgotten_as_if_one_after_the_other() {
        check(Refusals.class);
    }

    @Test
    void tokens_in_stock_are_taken_put_back_and_taken_out_as_if_one_after_the_other() {
        check(Tokens.class);
    }

    @Test
    void an_open_breaker_lets_one_probe_pass_however_many_ask() {
        check(Probes.class);
    }

    @Test
    void what_the_store_is_still_owed_is_noted_and_taken_out_as_if_one_after_the_other() {
        check(Debts.class);
    }

    private static void check(Class<?> shared) {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(shared);
    }

    /** A table of one set, in which all keys meet. */
    @Param(name = "key", gen = IntGen.class, conf = "1:3")
    @Param(name = "moment", gen = IntGen.class, conf = "1:3")
    public static class Refusals {

        private final RefusalTable table = new RefusalTable(1, NOW);

        @Operation
        public void remember(@Param(name = "key") int key, @Param(name = "moment") int askedAt) {
            Charge charge = charge(key);
            table.remember(charge, new Refusal(charge, new Usage(0, 1_000_000, 1_000_000), NOW + askedAt, NOW), NOW);
        }

        @Operation
        public boolean find(@Param(name = "key") int key) {
            return table.find(charge(key), NOW) != null;
        }

        @Operation
        public void forget(@Param(name = "key") int key) {
            table.forget(charge(key).key());
        }

        @Operation
        public void forgetUntil(@Param(name = "key") int key, @Param(name = "moment") int moment) {
            table.forgetUntil(charge(key).key(), NOW + moment);
        }
    }

    /** A stock into which one lease has brought ten tokens. */
    public static class Tokens {

        private final Stock stock = new Stock(Objects.requireNonNull(LeaseTerms.of(QUOTA)), charge(0), NOW);

        public Tokens() {
            Decision.Allowed granted =
                    new Decision.Allowed(List.of(new Usage(100, 0, 0)), Decision.Source.STORE, List.of(1L));
            stock.add(charge(0).costing(10), granted, NOW, NOW);
        }

        @Operation
        public boolean spend(@Param(gen = IntGen.class, conf = "1:6") int cost) {
            Stock.InHand taken = stock.take(cost, NOW);
            if (taken == null) {
                return false;
            }
            taken.spend();
            return true;
        }

        @Operation
        public long close() {
            return stock.close().stream()
                    .mapToLong(leftover -> leftover.charge().cost())
                    .sum();
        }
    }

    /** A breaker that has opened, at a moment when a probe is due. */
    public static class Probes {

        private long now = NOW;
        private final ScriptedStore store = new ScriptedStore();
        private final BreakerLimitStore breaker = new BreakerLimitStore(store, Duration.ofSeconds(1), () -> now);

        public Probes() {
            for (int i = 0; i < BreakerLimitStore.FAILURES_TO_OPEN; i++) {
                var unused = breaker.acquire(List.of(charge(0)));
                store.asked.get(i).completeExceptionally(new StoreUnavailable("gone"));
            }
            now += 2_000_000_000L;
        }

        /** Whether the call was sent. */
        @Operation
        public boolean probe() {
            return !breaker.acquire(List.of(charge(0))).toCompletableFuture().isDone();
        }
    }

    /** What a node has admitted alone, and reports once the store is back. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    public static class Debts {

        private final Unreported unreported = new Unreported(() -> NOW);

        @Operation
        public void admit(@Param(name = "key") int key) {
            unreported.add(charge(key), NOW);
        }

        /** Which counter is charged what. */
        @Operation
        public long report() {
            Charge next = unreported.take();
            return next == null ? 0 : 100 * next.key().limit() + next.cost();
        }

        @Operation
        public boolean isEmpty() {
            return unreported.isEmpty();
        }

        @Operation
        public void forget(@Param(name = "key") int key) {
            unreported.forget(List.of(charge(key).key()));
        }
    }

    private static Charge charge(int key) {
        return new Charge(new LimitKey(key, new Subject(0, 0)), QUOTA, 1, OnStoreFailure.CLOSED);
    }
}
