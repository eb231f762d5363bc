package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.time.ZoneId;
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
public abstract class LimitStoreContract extends ReservationsContract {

    private static final TokenBucket PER_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 20);
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final SlidingWindow THOUSAND_AN_HOUR = new SlidingWindow(1_000, Duration.ofHours(1));

    private static final Concurrency TWO_SLOTS = new Concurrency(2, Duration.ofSeconds(45));
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

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
    void a_daily_budget_is_full_again_at_local_midnight_and_not_before_even_on_a_day_of_25_hours() {
        moveTo("2026-10-24T22:00:00Z");
        Charge charge = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 4);
        assertThat(acquire(0, charge).usages()).containsExactly(new Usage(6, 25 * HOUR, 0));
        assertThat(acquire(1, charge).usages()).containsExactly(new Usage(2, 25 * HOUR, 0));

        advance(25 * HOUR - 1);
        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(1);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(acquire(0, charge).usages()).containsExactly(new Usage(6, 24 * HOUR, 0));
    }

    @Test
    void a_weekly_budget_ends_before_monday_and_a_monthly_one_before_the_first() {
        moveTo("2026-03-28T23:00:00Z");
        Charge week = charge(new CalendarQuota(Quota.MAX_COUNT, CalendarQuota.Unit.WEEK, BERLIN), Quota.MAX_COUNT);
        Charge month = charge(new CalendarQuota(10, CalendarQuota.Unit.MONTH, BERLIN), 1);

        // A Sunday of 23 hours, then two days to the end of the month.
        assertThat(acquire(1, week, month).usages())
                .containsExactly(new Usage(0, 23 * HOUR, 0), new Usage(9, (23 + 48) * HOUR, 0));
        advance(23 * HOUR);
        assertThat(peek(0, week, month)).containsExactly(new Usage(Quota.MAX_COUNT, 0, 0), new Usage(9, 48 * HOUR, 0));
    }

    @Test
    void a_refund_after_midnight_leaves_the_new_budget_alone() {
        Charge charge = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 4);
        Decision.Allowed today = (Decision.Allowed) acquire(0, charge);
        Decision.Allowed again = (Decision.Allowed) acquire(0, charge);
        join(fleet().node(1).refund(List.of(charge), again));
        assertThat(peek(0, charge)).extracting(Usage::remaining).containsExactly(6L);

        advance(24 * HOUR);
        acquire(0, charge);
        join(fleet().node(1).refund(List.of(charge), today));

        assertThat(peek(0, charge)).extracting(Usage::remaining).containsExactly(6L);
    }

    @Test
    void a_clock_that_falls_behind_midnight_does_not_bring_the_old_budget_back() {
        moveTo("2026-09-30T22:00:00Z");
        Charge month = charge(new CalendarQuota(10, CalendarQuota.Unit.MONTH, BERLIN), 10);
        acquire(0, month);
        advance(-2 * HOUR);

        assertThat(denied(acquire(1, month)).retryAfterMicros()).isEqualTo((31 * 24 + 1 + 2) * HOUR);
    }

    @Test
    void no_more_holders_than_slots_and_a_renewal_costs_nothing() {
        Charge slot = charge(TWO_SLOTS, 1);
        assertThat(acquire(0, heldBy(slot, "a")).usages()).containsExactly(new Usage(1, 45 * SECOND, 0));
        advance(10 * SECOND);
        assertThat(acquire(1, heldBy(slot, "b")).usages()).containsExactly(new Usage(0, 35 * SECOND, 0));
        assertThat(denied(acquire(0, heldBy(slot, "c"))).retryAfterMicros()).isEqualTo(35 * SECOND);

        advance(10 * SECOND);
        assertThat(acquire(1, heldBy(slot, "a")).usages()).containsExactly(new Usage(0, 35 * SECOND, 0));
        assertThat(peek(0, slot)).containsExactly(new Usage(0, 35 * SECOND, 35 * SECOND));
        assertThat(peek(0, heldBy(slot, "b"))).containsExactly(new Usage(0, 35 * SECOND, 0));
    }

    @Test
    void a_holder_that_does_not_renew_loses_its_slot_when_its_lease_ends_and_not_before() {
        Charge slot = charge(TWO_SLOTS, 1);
        acquire(0, heldBy(slot, "a"));
        acquire(0, heldBy(slot, "b"));

        advance(45 * SECOND - 1);
        assertThat(denied(acquire(1, heldBy(slot, "c"))).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(acquire(1, heldBy(slot, "c"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_holder_that_is_done_gives_its_slot_back_however_often_it_has_renewed() {
        Charge slot = charge(TWO_SLOTS, 1);
        Charge mine = heldBy(slot, "a");
        acquire(0, mine);
        acquire(0, heldBy(slot, "b"));
        advance(10 * SECOND);
        acquire(1, mine);

        join(fleet().node(0).release(List.of(mine)));
        join(fleet().node(1).release(List.of(mine)));

        assertThat(peek(0, slot)).containsExactly(new Usage(1, 35 * SECOND, 0));
        assertThat(acquire(0, heldBy(slot, "c"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_refund_gives_back_the_slot_it_took_but_not_one_that_was_held_before_or_renewed_since() {
        Charge slot = charge(TWO_SLOTS, 1);
        Decision.Allowed first = (Decision.Allowed) acquire(0, heldBy(slot, "a"));
        Decision.Allowed other = (Decision.Allowed) acquire(0, heldBy(slot, "b"));
        advance(SECOND);
        Decision.Allowed renewal = (Decision.Allowed) acquire(1, heldBy(slot, "a"));

        join(fleet().node(0).refund(List.of(heldBy(slot, "b")), other));
        join(fleet().node(0).refund(List.of(heldBy(slot, "a")), renewal));
        join(fleet().node(0).refund(List.of(heldBy(slot, "a")), first));

        assertThat(peek(0, slot)).containsExactly(new Usage(1, 45 * SECOND, 0));
    }

    @Test
    void a_refused_call_takes_no_slot_and_a_refused_slot_no_tokens() {
        Charge slot = charge(TWO_SLOTS, 1);
        Charge window = charge(FIVE_A_MINUTE, 5);
        Charge other = new Charge(LimitKey.of("other", slot.key().subject()), FIVE_A_MINUTE, 1, slot.onStoreFailure());
        acquire(0, window);
        assertThat(acquire(0, heldBy(slot, "a"), window)).isInstanceOf(Decision.Denied.class);
        assertThat(peek(1, slot)).containsExactly(new Usage(2, 0, 0));

        acquire(0, heldBy(slot, "a"));
        acquire(0, heldBy(slot, "b"));
        assertThat(acquire(1, other, heldBy(slot, "c"))).isInstanceOf(Decision.Denied.class);
        assertThat(peek(1, other)).containsExactly(new Usage(5, 0, 0));
    }

    @Test
    void of_fewer_slots_than_holders_nobody_loses_one_and_nobody_gets_one_before_enough_have_left() {
        Charge slot = charge(TWO_SLOTS, 1);
        acquire(0, heldBy(slot, "a"));
        advance(10 * SECOND);
        acquire(0, heldBy(slot, "b"));
        Charge fewer = slot.against(new Concurrency(1, TWO_SLOTS.lease()));

        assertThat(denied(acquire(1, heldBy(fewer, "c"))).retryAfterMicros()).isEqualTo(45 * SECOND);
        assertThat(acquire(1, heldBy(fewer, "a"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_clock_that_steps_back_a_day_frees_no_slot_and_keeps_none_for_longer_than_a_lease() {
        Charge slot = charge(TWO_SLOTS, 1);
        acquire(0, heldBy(slot, "a"));
        acquire(0, heldBy(slot, "b"));
        advance(-24 * HOUR);
        assertThat(denied(acquire(0, heldBy(slot, "c"))).retryAfterMicros()).isEqualTo(45 * SECOND);
        advance(45 * SECOND);
        assertThat(acquire(0, heldBy(slot, "c"))).isInstanceOf(Decision.Allowed.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void on_a_random_schedule_budgets_and_slots_answer_like_the_algorithms(long seed) {
        Random random = new Random(seed);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<Charge> limits = List.of(
                charge(new CalendarQuota(2_000, CalendarQuota.Unit.DAY, BERLIN), 1),
                charge(new CalendarQuota(Quota.MAX_COUNT, CalendarQuota.Unit.MONTH, BERLIN), 1),
                charge(new Concurrency(3, Duration.ofMinutes(20)), 1),
                charge(PER_SECOND, 1));
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(8) == 0 ? random.nextLong(6 * HOUR) : random.nextLong(300 * SECOND));
            List<Charge> call = new ArrayList<>();
            for (Charge limit : limits) {
                if (random.nextBoolean() || (call.isEmpty() && limit.equals(limits.get(3)))) {
                    call.add(
                            limit.quota() instanceof Concurrency
                                    ? heldBy(limit, "holder " + random.nextInt(6))
                                    : withCost(
                                            limit,
                                            1 + random.nextLong(limit.quota().capacity() / 2)));
                }
            }
            String when = "seed " + seed + ", step " + step;
            Decision decision = join(fleet().node(step % 2).acquire(call));
            assertAnswers(decision, join(reference.acquire(call)), when);
            if (decision instanceof Decision.Allowed allowed && random.nextInt(4) == 0) {
                advance(random.nextLong(HOUR));
                join(fleet().node(0).refund(call, allowed));
                join(reference.refund(call, allowed));
            }
            if (random.nextInt(8) == 0) {
                List<Charge> done = List.of(heldBy(limits.get(2), "holder " + random.nextInt(6)));
                join(fleet().node(1).release(done));
                join(reference.release(done));
            }
            assertThat(join(fleet().node(0).peek(limits))).as(when).isEqualTo(join(reference.peek(limits)));
        }
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
    void a_raised_or_lowered_limit_keeps_the_share_of_it_that_was_used() {
        Charge window = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 8);
        Charge bucket = charge(PER_SECOND, 8);
        Charge budget = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 8);
        acquire(0, window, bucket, budget);

        assertThat(peek(
                        1,
                        window.against(new SlidingWindow(1_000, Duration.ofMinutes(1))),
                        bucket.against(new TokenBucket(7, Duration.ofMinutes(1), 50)),
                        budget.against(new CalendarQuota(Quota.MAX_COUNT, CalendarQuota.Unit.DAY, BERLIN))))
                .extracting(Usage::remaining)
                .containsExactly(200L, 30L, Quota.MAX_COUNT / 5);
        assertThat(peek(
                        0,
                        withCost(window, 1).against(FIVE_A_MINUTE),
                        withCost(bucket, 1).against(new TokenBucket(1, Duration.ofSeconds(1), 3)),
                        withCost(budget, 1).against(new CalendarQuota(3, CalendarQuota.Unit.DAY, BERLIN))))
                .extracting(Usage::remaining)
                .containsExactly(1L, 1L, 0L);
        assertThat(peek(0, withCost(window, 1), withCost(bucket, 1), withCost(budget, 1)))
                .extracting(Usage::remaining)
                .containsExactly(2L, 12L, 2L);
    }

    @Test
    void a_limit_that_is_raised_and_lowered_again_has_refilled_nothing_and_expires_as_before() {
        Charge ten = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 1);
        Charge thousand = ten.against(new SlidingWindow(1_000, Duration.ofMinutes(1)));
        acquire(0, withCost(ten, 3));
        advance(20 * SECOND);
        assertThat(acquire(1, withCost(thousand, 250)).usages().get(0).remaining())
                .isEqualTo(450);

        assertThat(acquire(0, withCost(ten, 4)).usages().get(0).remaining()).isZero();
        assertThat(denied(acquire(1, thousand)).retryAfterMicros()).isEqualTo(40 * SECOND);
        advance(40 * SECOND);
        assertThat(peek(0, thousand).get(0).remaining()).isEqualTo(300);
    }

    @Test
    void a_refund_finds_its_admission_under_another_limit() {
        Charge ten = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 4);
        Charge budget = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 4);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, ten, budget);
        Charge hundred = ten.against(new SlidingWindow(100, Duration.ofMinutes(1)));
        Charge more = budget.against(new CalendarQuota(1_000, CalendarQuota.Unit.DAY, BERLIN));
        acquire(1, withCost(hundred, 20), withCost(more, 100));

        join(fleet().node(1).refund(List.of(ten, budget), admission));

        assertThat(peek(0, hundred, more)).extracting(Usage::remaining).containsExactly(80L, 900L);
    }

    @Test
    void a_limit_whose_kind_of_quota_changes_starts_anew() {
        Charge window = charge(FIVE_A_MINUTE, 5);
        acquire(0, window);

        Charge bucket = new Charge(window.key(), PER_SECOND, 1, window.onStoreFailure());

        assertThat(acquire(0, bucket).usages().get(0).remaining()).isEqualTo(19);
        assertThat(peek(0, withCost(window, 1)).get(0).remaining()).isEqualTo(5);
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
