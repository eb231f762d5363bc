package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store promises of budgets of the calendar, and of slots that are held by lease. */
public abstract class BudgetsAndSlotsContract extends ReservationsContract {

    private static final TokenBucket PER_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 20);
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final Concurrency TWO_SLOTS = new Concurrency(2, Duration.ofSeconds(45));
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

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
}
