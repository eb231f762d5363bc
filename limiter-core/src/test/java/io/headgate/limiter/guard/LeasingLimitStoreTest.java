package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.limiter.testkit.AdmissionOracle;
import io.headgate.limiter.testkit.NodeLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeasingLimitStoreTest {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;
    private static final LimitKey HOT = LimitKey.of("hot", Subject.EVERYONE);
    /** From which nothing drains while a test runs: what is missing is what was spent. */
    private static final SlidingWindow HOURLY = new SlidingWindow(12_800, Duration.ofHours(1));

    private static final TokenBucket BUCKET = new TokenBucket(1_000, Duration.ofSeconds(1), 12_800);
    private static final SlidingWindow WINDOW = new SlidingWindow(12_800, Duration.ofSeconds(10));

    /** What both lease for 78 ms at most: the bucket fills in 12.8 s, and the window lasts for 10. */
    private static final long MOST_IN_STOCK = 100;

    private long nowMicros = 1_790_000_000L * SECOND;
    private final LocalLimitStore shared = new LocalLimitStore(() -> nowMicros, AlgorithmCounter::new);
    private final CountingStore counting = new CountingStore(shared);
    private final LeasingLimitStore node = newNode(counting);

    @Test
    void a_counter_that_is_asked_for_now_and_then_is_charged_directly() {
        for (int i = 1; i <= 100; i++) {
            assertThat(acquire(node, hot(BUCKET))).isInstanceOf(Decision.Allowed.class);
            assertThat(counting.acquires()).isEqualTo(i);
            nowMicros += SECOND / 50;
        }
    }

    @Test
    void a_hot_counter_costs_the_store_a_small_part_of_its_calls() {
        callFor(SECOND, BUCKET);
        long before = counting.acquires();

        int calls = callFor(SECOND, BUCKET);

        assertThat(calls).isEqualTo(1_000);
        assertThat(counting.acquires() - before).isLessThan(calls / 10);
        assertThat(node.spared()).isGreaterThan(900);
    }

    @Test
    void what_is_in_stock_is_charged_and_what_has_cooled_is_given_back_to_the_token() {
        int spent = callFor(SECOND, HOURLY);
        assertThat(used(HOURLY)).isGreaterThan(spent).isLessThanOrEqualTo(spent + MOST_IN_STOCK);

        node.sweep();
        node.sweep();

        assertThat(used(HOURLY)).isEqualTo(spent);
    }

    @Test
    void what_is_in_stock_ends_with_its_horizon_and_goes_back() {
        int spent = callFor(SECOND, HOURLY);
        long before = node.spared();
        acquire(node, hot(HOURLY));
        assertThat(node.spared()).isEqualTo(before + 1);

        nowMicros += 100 * MILLI;

        acquire(node, hot(HOURLY));
        assertThat(node.spared()).isEqualTo(before + 1);
        assertThat(used(HOURLY)).isEqualTo(spent + 2);
    }

    @Test
    void a_lease_that_comes_late_goes_back_and_is_not_asked_for_again_at_once() {
        ScriptedStore slow = new ScriptedStore();
        LeasingLimitStore other = newNode(slow);
        for (int i = 0; i < 60; i++) {
            other.acquire(List.of(hot(HOURLY)));
            nowMicros += MILLI;
        }
        int lease = slow.asked.size();
        other.acquire(List.of(hot(HOURLY)));
        assertThat(slow.asked).hasSize(lease + 1);
        nowMicros += 60 * MILLI;

        slow.asked.forEach(call -> call.complete(ScriptedStore.allowed()));

        assertThat(slow.refunded).hasSize(1);
        other.acquire(List.of(hot(HOURLY)));
        assertThat(slow.asked).hasSize(lease + 2);
    }

    @Test
    void a_call_that_another_limit_refuses_puts_back_what_it_took() {
        Charge full = charge("full", new TokenBucket(1, Duration.ofDays(1), 1));
        acquire(node, full);
        callFor(SECOND, WINDOW);
        long used = used(WINDOW);

        for (int i = 0; i < 50; i++) {
            Decision refused = acquire(node, full, hot(WINDOW));
            assertThat(((Decision.Denied) refused).positions()).isEqualTo(List.of(0));
        }

        node.sweep();
        node.sweep();
        assertThat(used(WINDOW)).isLessThanOrEqualTo(used);
    }

    @Test
    void a_refund_of_what_came_from_the_stock_reaches_the_store() {
        int spent = callFor(SECOND, HOURLY);
        Decision.Allowed admission = (Decision.Allowed) acquire(node, hot(HOURLY));
        join(node.refund(List.of(hot(HOURLY)), admission));

        node.sweep();
        node.sweep();

        assertThat(used(HOURLY)).isEqualTo(spent);
    }

    @Test
    void what_ends_in_hand_while_the_other_limits_are_asked_is_asked_for_again_with_them() {
        ScriptedStore slow = new ScriptedStore();
        LeasingLimitStore other = newNode(new SlowFor(LimitKey.of("slow", Subject.EVERYONE), slow, shared));
        for (int i = 0; i < 200; i++) {
            acquire(other, hot(HOURLY));
            nowMicros += MILLI;
        }
        CompletionStage<Decision> call =
                other.acquire(List.of(charge("slow", new TokenBucket(1, Duration.ofDays(1), 1)), hot(HOURLY)));
        nowMicros += 100 * MILLI;

        slow.asked.get(0).complete(ScriptedStore.allowed());
        assertThat(slow.refunded).hasSize(1);
        assertThat(slow.asked).hasSize(2);
        slow.asked.get(1).complete(ScriptedStore.allowed());

        assertThat(join(call)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_window_that_one_node_uses_alone_admits_all_of_it_and_a_bucket_all_but_what_it_regains_in_a_horizon() {
        assertThat(admittedAtOnce(WINDOW)).isEqualTo(12_800);
        assertThat(admittedAtOnce(BUCKET)).isEqualTo(12_800 - 101);
    }

    private long admittedAtOnce(Quota quota) {
        LocalLimitStore empty = new LocalLimitStore(() -> nowMicros, AlgorithmCounter::new);
        LeasingLimitStore alone = newNode(empty);
        long admitted = 0;
        for (int i = 0; i < 20_000; i++) {
            admitted += acquire(alone, hot(quota)) instanceof Decision.Allowed ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void a_call_that_never_fits_besides_what_a_bucket_regains_in_a_horizon_is_refused() {
        Charge most = hot(BUCKET).costing(12_800 - 100);
        assertThat(acquire(node, most)).isInstanceOf(Decision.Denied.class);
        assertThat(acquire(node, most.costing(12_800 - 101))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void limits_that_are_not_leased_or_too_small_pass_through_as_they_are() {
        for (Charge charge : List.of(charge("cold", BUCKET), hot(new TokenBucket(100, Duration.ofSeconds(1), 511)))) {
            for (int i = 0; i < 500; i++) {
                acquire(node, charge);
            }
            assertThat(node.spared()).isZero();
        }
        assertThat(counting.acquires()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void no_interval_ever_holds_more_than_the_quota_whatever_the_nodes_do(long seed) {
        Random random = new Random(seed);
        Quota quota = random.nextBoolean()
                ? new TokenBucket(400, Duration.ofSeconds(1), 1_300)
                : new SlidingWindow(1_300, Duration.ofSeconds(3));
        AdmissionOracle oracle = new AdmissionOracle();
        NodeLog log = oracle.node();
        List<LeasingLimitStore> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(newNode(shared));
        }
        for (int step = 0; step < 8_000; step++) {
            int i = random.nextInt(nodes.size());
            // Busy and idle times: what was in stock in the one is spent in the other.
            nowMicros += step % 2_000 < 1_300 ? random.nextInt(4_000) : random.nextInt(40_000);
            Charge charge = hot(quota).costing(1 + random.nextInt(3));
            if (acquire(nodes.get(i), charge) instanceof Decision.Allowed admission) {
                if (random.nextInt(20) == 0) {
                    join(nodes.get(i).refund(List.of(charge), admission));
                } else {
                    log.saw(new NodeLog.Call(List.of(charge), nowMicros, nowMicros, NodeLog.Verdict.ADMITTED));
                }
            }
            if (random.nextInt(200) == 0) {
                nodes.get(i).sweep();
            }
            if (random.nextInt(1_000) == 0) {
                // Dies without a word.
                nodes.set(i, newNode(shared));
            }
        }
        oracle.checkAdmissions();
        assertThat(nodes.stream().mapToLong(LeasingLimitStore::spared).sum()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("rates")
    void a_limit_that_three_nodes_use_up_gives_all_but_a_hundredth(Quota quota, int seconds) {
        List<LeasingLimitStore> nodes = List.of(newNode(shared), newNode(shared), newNode(shared));
        long admitted = 0;
        LocalLimitStore exact = new LocalLimitStore(() -> nowMicros, AlgorithmCounter::new);
        long exactly = 0;
        for (int step = 0; step < seconds * 1_000; step++) {
            for (LeasingLimitStore each : nodes) {
                admitted += acquire(each, hot(quota)) instanceof Decision.Allowed ? 1 : 0;
                exactly += acquire(exact, hot(quota)) instanceof Decision.Allowed ? 1 : 0;
            }
            nowMicros += MILLI;
        }
        assertThat(admitted).isBetween(exactly * 99 / 100, exactly);
    }

    static Stream<Arguments> rates() {
        return Stream.of(
                Arguments.of(new TokenBucket(1_000, Duration.ofSeconds(1), 1_000), 4),
                Arguments.of(new TokenBucket(1_000, Duration.ofSeconds(1), 12_800), 10),
                Arguments.of(new TokenBucket(60_000, Duration.ofMinutes(1), 60_000), 25),
                Arguments.of(new SlidingWindow(1_000, Duration.ofSeconds(1)), 4),
                Arguments.of(new SlidingWindow(10_000, Duration.ofSeconds(10)), 19));
    }

    @Test
    void many_threads_on_two_nodes_never_admit_more_than_the_limit() throws Exception {
        LocalLimitStore store = LocalLimitStore.monotonic(AlgorithmCounter::new);
        List<LeasingLimitStore> nodes = List.of(
                new LeasingLimitStore(store, key -> true, System::nanoTime),
                new LeasingLimitStore(store, key -> true, System::nanoTime));
        AtomicLong admitted = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                LeasingLimitStore each = nodes.get(t % 2);
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 4_000; i++) {
                                if (acquire(each, hot(HOURLY)) instanceof Decision.Allowed) {
                                    admitted.incrementAndGet();
                                }
                                if (i % 1_000 == 0) {
                                    each.sweep();
                                }
                            }
                        },
                        threads));
            }
            for (CompletableFuture<Void> each : all) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(admitted.get()).isPositive().isLessThanOrEqualTo(HOURLY.limit());
    }

    private int callFor(long micros, Quota quota) {
        int calls = 0;
        for (long end = nowMicros + micros; nowMicros < end; nowMicros += MILLI) {
            assertThat(acquire(node, hot(quota))).isInstanceOf(Decision.Allowed.class);
            calls++;
        }
        return calls;
    }

    private LeasingLimitStore newNode(LimitStore store) {
        return new LeasingLimitStore(store, key -> key.limit() == HOT.limit(), () -> nowMicros * 1_000);
    }

    private long used(Quota quota) {
        return quota.capacity() - join(node.peek(List.of(hot(quota)))).get(0).remaining();
    }

    private static Charge hot(Quota quota) {
        return new Charge(HOT, quota, 1, OnStoreFailure.CLOSED);
    }

    private static Charge charge(String name, Quota quota) {
        return new Charge(LimitKey.of(name, Subject.EVERYONE), quota, 1, OnStoreFailure.CLOSED);
    }

    private static Decision acquire(LimitStore store, Charge... charges) {
        return join(store.acquire(List.of(charges)));
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Calls that begin with one key go to another store. */
    private record SlowFor(LimitKey key, LimitStore slow, LimitStore quick) implements LimitStore {

        private LimitStore of(List<Charge> charges) {
            return charges.get(0).key().equals(key) ? slow : quick;
        }

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            return of(charges).acquire(charges);
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            return of(charges).refund(charges, admission);
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            return of(reservation.charges()).settle(reservation, actual);
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            return (keys.contains(key) ? slow : quick).reset(keys);
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return of(charges).peek(charges);
        }
    }
}
