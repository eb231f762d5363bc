package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeasingLimitStoreTest {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;
    private static final LimitKey HOT = LimitKey.of("hot", Subject.EVERYONE);
    private static final TokenBucket BUCKET = new TokenBucket(1_000, Duration.ofSeconds(1), 12_800);
    private static final SlidingWindow WINDOW = new SlidingWindow(12_800, Duration.ofSeconds(10));

    /** An eighth of both, in sixteen parts. */
    private static final long PART = 100;

    private static final long RESERVE = 16 * PART;

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
        // No token drains: what is missing is what was spent.
        SlidingWindow hourly = new SlidingWindow(12_800, Duration.ofHours(1));
        int spent = callFor(SECOND, hourly);
        long charged = besidesReserve(hourly) - remaining(hourly);
        assertThat(charged).isGreaterThan(spent).isLessThanOrEqualTo(spent + PART);

        node.sweep();
        node.sweep();

        assertThat(besidesReserve(hourly) - remaining(hourly)).isEqualTo(spent);
        assertThat(slotsInUse(hourly)).isZero();
    }

    @Test
    void a_stock_is_void_when_its_slot_may_have_ended() {
        callFor(SECOND, BUCKET);
        long before = node.spared();
        acquire(node, hot(BUCKET));
        assertThat(node.spared()).isEqualTo(before + 1);

        nowMicros += 2 * SECOND;

        acquire(node, hot(BUCKET));
        assertThat(node.spared()).isEqualTo(before + 1);
    }

    @Test
    void no_more_nodes_have_a_stock_than_there_are_slots_and_the_others_charge_directly() {
        List<LeasingLimitStore> nodes = new ArrayList<>();
        List<CountingStore> stores = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            stores.add(new CountingStore(shared));
            nodes.add(newNode(stores.get(i)));
        }
        TokenBucket roomy = new TokenBucket(100_000, Duration.ofSeconds(1), 12_800);
        for (int i = 0; i < 500; i++) {
            nodes.forEach(each -> acquire(each, hot(roomy)));
            nowMicros += MILLI;
        }
        assertThat(nodes).filteredOn(each -> each.spared() > 0).hasSize(16);
        assertThat(slotsInUse(roomy)).isEqualTo(16);
    }

    @Test
    void a_call_that_another_limit_refuses_puts_back_what_it_took() {
        Charge full = charge("full", new TokenBucket(1, Duration.ofDays(1), 1));
        acquire(node, full);
        callFor(SECOND, WINDOW);
        long charged = remaining(WINDOW);

        for (int i = 0; i < 50; i++) {
            Decision refused = acquire(node, full, hot(WINDOW));
            assertThat(((Decision.Denied) refused).positions()).isEqualTo(List.of(0));
        }

        node.sweep();
        node.sweep();
        assertThat(remaining(WINDOW)).isGreaterThanOrEqualTo(charged);
    }

    @Test
    void a_refund_of_what_came_from_the_stock_reaches_the_store() {
        SlidingWindow hourly = new SlidingWindow(12_800, Duration.ofHours(1));
        int spent = callFor(SECOND, hourly);
        Decision.Allowed admission = (Decision.Allowed) acquire(node, hot(hourly));
        join(node.refund(List.of(hot(hourly)), admission));

        node.sweep();
        node.sweep();

        assertThat(besidesReserve(hourly) - remaining(hourly)).isEqualTo(spent);
    }

    @Test
    void what_ends_in_hand_while_the_other_limits_are_asked_is_not_admitted() {
        callFor(SECOND, BUCKET);
        ScriptedStore slow = new ScriptedStore();
        LeasingLimitStore other = newNode(new SlowFor(LimitKey.of("slow", Subject.EVERYONE), slow, shared));
        for (int i = 0; i < 200; i++) {
            acquire(other, hot(BUCKET));
            nowMicros += MILLI;
        }
        CompletionStage<Decision> call =
                other.acquire(List.of(charge("slow", new TokenBucket(1, Duration.ofDays(1), 1)), hot(BUCKET)));

        nowMicros += 2 * SECOND;
        slow.asked.get(0).complete(ScriptedStore.allowed());

        assertThatThrownBy(() -> join(call)).isInstanceOf(StoreUnavailable.class);
        assertThat(slow.refunded).hasSize(1);
    }

    @Test
    void a_call_that_never_fits_besides_the_reserve_is_refused() {
        Charge most = hot(BUCKET).costing(12_800 - RESERVE + 1);
        assertThat(acquire(node, most)).isInstanceOf(Decision.Denied.class);
        assertThat(acquire(node, most.costing(12_800 - RESERVE))).isInstanceOf(Decision.Allowed.class);
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
        for (int step = 0; step < 12_000; step++) {
            int i = random.nextInt(nodes.size());
            // Busy and idle times: what was in stock in the one is spent in the other.
            nowMicros += step % 3_000 < 2_000 ? random.nextInt(4_000) : random.nextInt(40_000);
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

    @Test
    void a_bucket_that_three_nodes_keep_empty_gives_all_of_its_rate_and_its_burst_but_the_reserve() {
        List<LeasingLimitStore> nodes = List.of(newNode(shared), newNode(shared), newNode(shared));
        long admitted = 0;
        int seconds = 60;
        for (int step = 0; step < seconds * 1_000; step++) {
            for (LeasingLimitStore each : nodes) {
                admitted += acquire(each, hot(BUCKET)) instanceof Decision.Allowed ? 1 : 0;
            }
            nowMicros += MILLI;
        }
        long most = BUCKET.burst() + seconds * BUCKET.refill();
        assertThat(admitted).isBetween(most - RESERVE - 3 * PART, most);
    }

    @Test
    void many_threads_on_two_nodes_never_admit_more_than_the_limit() throws Exception {
        SlidingWindow hourly = new SlidingWindow(12_800, Duration.ofHours(1));
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
                                if (acquire(each, hot(hourly)) instanceof Decision.Allowed) {
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
        assertThat(admitted.get()).isPositive().isLessThanOrEqualTo(hourly.limit());
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

    private static long besidesReserve(Quota quota) {
        return quota.capacity() - RESERVE;
    }

    private long remaining(Quota quota) {
        return join(node.peek(List.of(hot(quota)))).get(0).remaining();
    }

    private long slotsInUse(Quota quota) {
        Usage slots = join(shared.peek(List.of(LeaseTerms.slot(hot(quota))))).get(0);
        return LeaseTerms.HOLDERS - slots.remaining();
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
