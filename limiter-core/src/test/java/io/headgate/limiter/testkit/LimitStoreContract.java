package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link LimitStore} promises. A store passes by extending this class and opening a {@link Fleet}.
 *
 * <p>Stores that can lose their shared part extend {@link SharedLimitStoreContract}.
 */
public abstract class LimitStoreContract extends ChangedLimitsContract {

    private static final TokenBucket PER_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 20);
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final SlidingWindow THOUSAND_AN_HOUR = new SlidingWindow(1_000, Duration.ofHours(1));

    private static final Concurrency TWO_SLOTS = new Concurrency(2, Duration.ofSeconds(45));

    @Test
    void two_nodes_are_two_stores_on_one_count() {
        assertThat(fleet().node(0)).isNotSameAs(fleet().node(1));
        Charge charge = charge(FIVE_A_MINUTE, 3);

        assertThat(acquire(0, charge)).isInstanceOf(Decision.Allowed.class);

        assertThat(peek(1, charge).get(0).remaining()).isEqualTo(2);
    }

    @Test
    void the_clock_of_the_fixture_is_the_one_the_counters_live_by() {
        Charge charge = charge(PER_SECOND, 20);
        acquire(0, charge);

        advance(7 * SECOND);

        assertThat(peek(0, charge).get(0).remaining()).isEqualTo(7);
    }

    @Test
    void a_token_bucket_admits_its_burst_at_once_and_then_one_token_as_each_is_regained() {
        Charge charge = charge(PER_SECOND, 1);
        for (int left = 19; left >= 0; left--) {
            assertThat(acquire(left % 2, charge).usages().get(0).remaining()).isEqualTo(left);
        }

        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(SECOND);
        advance(SECOND - 1);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(acquire(0, charge).usages()).containsExactly(new Usage(0, SECOND, 0));
    }

    @Test
    void a_small_sliding_window_counts_each_admission_for_exactly_one_window() {
        Charge charge = charge(FIVE_A_MINUTE, 1);
        for (int i = 0; i < 5; i++) {
            assertThat(acquire(0, charge)).isInstanceOf(Decision.Allowed.class);
            advance(10 * SECOND);
        }

        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(10 * SECOND);
        advance(10 * SECOND - 1);
        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(acquire(1, charge).usages()).containsExactly(new Usage(0, 10 * SECOND, 0));
    }

    @Test
    void a_large_sliding_window_counts_each_admission_for_at_most_a_sixtieth_longer() {
        Charge charge = charge(THOUSAND_AN_HOUR, 1_000);
        acquire(0, charge);
        advance(3_600 * SECOND - 1);
        assertThat(acquire(0, charge)).isInstanceOf(Decision.Denied.class);
        advance(60 * SECOND);
        assertThat(acquire(0, charge)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_call_that_one_limit_refuses_consumes_nothing_of_the_others() {
        Charge wide = charge(THOUSAND_AN_HOUR, 1);
        Charge narrow = charge(FIVE_A_MINUTE, 5);
        Charge bucket = charge(PER_SECOND, 4);
        acquire(0, wide, narrow, bucket);
        advance(SECOND / 3);
        List<Usage> before = peek(0, wide, narrow, bucket);

        Decision decision = acquire(1, wide, narrow, bucket);

        assertThat(decision).isInstanceOf(Decision.Denied.class);
        assertThat(decision.usages()).isEqualTo(before);
        assertThat(peek(0, wide, narrow, bucket)).isEqualTo(before);
    }

    @Test
    void usages_stand_in_the_order_of_the_charges() {
        List<Charge> charges = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            charges.add(charge(new SlidingWindow(10L * i, Duration.ofMinutes(i)), i));
        }

        Decision decision = join(fleet().node(0).acquire(charges));

        assertThat(decision.usages())
                .extracting(Usage::remaining)
                .containsExactly(9L, 18L, 27L, 36L, 45L, 54L, 63L, 72L);
    }

    @Test
    void n_calls_of_one_token_leave_what_one_call_of_n_tokens_leaves() {
        for (Quota quota : List.of(PER_SECOND, FIVE_A_MINUTE, THOUSAND_AN_HOUR)) {
            Charge ones = charge(quota, 1);
            Charge five = charge(quota, 5);
            for (int i = 0; i < 5; i++) {
                acquire(0, ones);
            }
            acquire(0, five);
            advance(SECOND / 2);
            assertThat(peek(0, ones)).isEqualTo(peek(0, withCost(five, 1)));
        }
    }

    @Test
    void a_peek_consumes_nothing() {
        Charge charge = charge(FIVE_A_MINUTE, 5);
        for (int i = 0; i < 10; i++) {
            assertThat(peek(i % 2, charge)).containsExactly(new Usage(5, 0, 0));
        }
    }

    @Test
    void costs_up_to_the_largest_capacity_are_counted_to_the_last_token() {
        long most = Quota.MAX_COUNT;
        for (Quota quota :
                List.of(new TokenBucket(most, Duration.ofDays(1), most), new SlidingWindow(most, Duration.ofDays(1)))) {
            Charge charge = charge(quota, most - 1);
            acquire(0, charge);
            assertThat(acquire(0, withCost(charge, 2))).isInstanceOf(Decision.Denied.class);
            assertThat(acquire(0, withCost(charge, 1)).usages().get(0).remaining())
                    .isZero();
        }
    }

    @Test
    void waiting_as_long_as_the_refusal_says_is_enough_and_a_microsecond_less_is_not() {
        Random random = new Random(42);
        for (int i = 0; i < 60; i++) {
            Quota quota = randomQuota(random);
            Charge charge = charge(quota, 1 + (long) (random.nextDouble() * (quota.capacity() - 1)));
            now += random.nextInt(1_000_000);
            fleet().setMicros(now);
            while (acquire(0, charge) instanceof Decision.Allowed) {
                advance(random.nextInt(1_000));
            }
            long wait = denied(acquire(0, charge)).retryAfterMicros();
            advance(wait - 1);
            assertThat(acquire(0, charge))
                    .as("%s, cost %d", quota, charge.cost())
                    .isInstanceOf(Decision.Denied.class);
            advance(1);
            assertThat(acquire(0, charge))
                    .as("%s, cost %d", quota, charge.cost())
                    .isInstanceOf(Decision.Allowed.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void on_a_random_schedule_it_answers_like_the_algorithms_and_keeps_every_bound(long seed) {
        Random random = new Random(seed);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<Charge> limits = new ArrayList<>();
        List<ExactLog> logs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Quota quota = randomQuota(random);
            limits.add(charge(quota, 1));
            logs.add(new ExactLog(quota));
        }
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(4) == 0 ? random.nextInt(3_000_000) : random.nextInt(2_000));
            List<Charge> call = new ArrayList<>();
            List<ExactLog> callLogs = new ArrayList<>();
            for (int i = 0; i < limits.size(); i++) {
                if (random.nextBoolean() || (i == 3 && call.isEmpty())) {
                    long cost = 1
                            + (long) (random.nextDouble()
                                    * random.nextDouble()
                                    * (limits.get(i).quota().capacity() - 1));
                    call.add(withCost(limits.get(i), cost));
                    callLogs.add(logs.get(i));
                }
            }
            Decision decision = join(fleet().node(step % 2).acquire(call));
            assertAnswers(decision, join(reference.acquire(call)), "seed " + seed + ", step " + step);
            if (decision instanceof Decision.Allowed allowed) {
                if (random.nextInt(10) == 0) {
                    advance(random.nextInt(1_000_000));
                    join(fleet().node(0).refund(call, allowed));
                    join(reference.refund(call, allowed));
                } else {
                    for (int i = 0; i < call.size(); i++) {
                        callLogs.get(i).admitted(now, call.get(i).cost());
                    }
                }
            }
        }
        logs.forEach(ExactLog::check);
        assertThat(logs).allSatisfy(log -> assertThat(log.total()).isPositive());
    }

    @Test
    void a_refund_leaves_the_state_as_if_the_call_had_never_been_admitted() {
        Charge bucket = charge(PER_SECOND, 3);
        Charge window = charge(FIVE_A_MINUTE, 2);
        acquire(0, bucket, window);
        advance(SECOND / 4);
        List<Usage> before = peek(0, bucket, window);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, bucket, window);

        join(fleet().node(1).refund(List.of(bucket, window), admission));

        assertThat(peek(0, bucket, window)).isEqualTo(before);
    }

    @Test
    void a_late_refund_opens_no_room_that_time_has_opened_already() {
        Charge bucket = charge(PER_SECOND, 10);
        Charge window = charge(FIVE_A_MINUTE, 5);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, bucket, window);
        advance(60 * SECOND);
        acquire(0, bucket, window);

        join(fleet().node(0).refund(List.of(bucket, window), admission));

        assertThat(peek(0, bucket, window)).extracting(Usage::remaining).containsExactly(10L, 0L);
    }

    @Test
    void time_that_runs_backwards_grants_nothing() {
        for (Quota quota : List.of(PER_SECOND, FIVE_A_MINUTE, THOUSAND_AN_HOUR)) {
            Charge charge = charge(quota, quota.capacity());
            acquire(0, charge);
            for (long back = 1; back < 20 * SECOND; back *= 3) {
                fleet().setMicros(now - back);
                assertThat(acquire(0, charge)).isInstanceOf(Decision.Denied.class);
            }
            fleet().setMicros(now);
            assertThat(acquire(0, charge)).isInstanceOf(Decision.Denied.class);
        }
    }

    @Test
    void a_clock_that_steps_back_a_day_freezes_nobody_for_longer_than_the_quota_itself_takes() {
        Charge bucket = charge(PER_SECOND, 20);
        Charge window = charge(FIVE_A_MINUTE, 5);
        acquire(0, bucket);
        acquire(0, window);
        advance(-86_400 * SECOND);
        assertThat(acquire(0, bucket)).isInstanceOf(Decision.Denied.class);
        assertThat(acquire(0, window)).isInstanceOf(Decision.Denied.class);

        advance(20 * SECOND);
        assertThat(acquire(0, bucket)).isInstanceOf(Decision.Allowed.class);
        advance(40 * SECOND);
        assertThat(acquire(0, window)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void many_threads_on_two_nodes_admit_exactly_the_limit() throws Exception {
        Charge hot = charge(new SlidingWindow(500, Duration.ofHours(1)), 1);
        Charge roomy = charge(new TokenBucket(1, Duration.ofHours(1), 10_000), 1);
        AdmissionOracle oracle = new AdmissionOracle();
        List<LimitStore> nodes =
                List.of(oracle.node().watch(fleet().node(0)), oracle.node().watch(fleet().node(1)));
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<CompletableFuture<Integer>> admitted = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                int thread = t;
                admitted.add(CompletableFuture.supplyAsync(
                        () -> {
                            int count = 0;
                            for (int i = 0; i < 125; i++) {
                                LimitStore node = nodes.get((thread + i) % 2);
                                if (join(node.acquire(List.of(hot, roomy))) instanceof Decision.Allowed) {
                                    count++;
                                }
                            }
                            return count;
                        },
                        threads));
            }
            int total = 0;
            for (CompletableFuture<Integer> count : admitted) {
                total += count.get(60, TimeUnit.SECONDS);
            }
            assertThat(total).isEqualTo(500);
            assertThat(peek(0, hot, roomy)).extracting(Usage::remaining).containsExactly(0L, 9_500L);
            oracle.checkAdmissions();
            oracle.checkRefusals();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void many_calls_at_once_from_one_thread_admit_exactly_the_limit() {
        Charge hot = charge(new TokenBucket(1, Duration.ofHours(1), 300), 1);
        List<CompletableFuture<Decision>> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            calls.add(fleet().node(i % 2).acquire(List.of(hot)).toCompletableFuture());
        }
        long admitted = calls.stream()
                .map(FleetFixture::join)
                .filter(Decision.Allowed.class::isInstance)
                .count();
        assertThat(admitted).isEqualTo(300);
    }

    @Test
    void calls_that_make_no_sense_are_refused_with_a_message() {
        Charge charge = charge(FIVE_A_MINUTE, 1);
        LimitStore store = fleet().node(0);
        assertThatThrownBy(() -> store.acquire(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("charges: 0 (expected: 1 to 32)");
        assertThatThrownBy(() -> store.peek(List.of(charge, withCost(charge, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("charges: two for one key, at 0 and 1");
        assertThatThrownBy(() -> store.acquire(List.of(charge, charge(TWO_SLOTS, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("charges: no holder at 1 (expected: one to hold the slot)");
        assertThatThrownBy(() -> store.release(List.of(charge)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("charges: " + FIVE_A_MINUTE + " (expected: slots only)");
    }

    private static Quota randomQuota(Random random) {
        long count = 1L + random.nextInt(random.nextBoolean() ? 10 : 2_000);
        Duration time = Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 50 : 20_000));
        return random.nextBoolean()
                ? new SlidingWindow(count, time)
                : new TokenBucket(1 + random.nextInt(500), time, count);
    }
}
