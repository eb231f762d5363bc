package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store promises of admissions that are corrected afterwards, and of counters that are reset. */
public abstract class ReservationsContract extends QueuesAndPenaltiesContract {

    private static final TokenBucket BUCKET = new TokenBucket(1, Duration.ofSeconds(1), 20);
    private static final SlidingWindow WINDOW = new SlidingWindow(20, Duration.ofMinutes(1));
    private static final SlidingWindow SLICED = new SlidingWindow(1_000, Duration.ofMinutes(1));
    private static final CalendarQuota BUDGET =
            new CalendarQuota(20, CalendarQuota.Unit.DAY, ZoneId.of("Europe/Berlin"));
    private static final List<Quota> COUNTS = List.of(BUCKET, WINDOW, SLICED, BUDGET);

    @Test
    void a_reservation_is_settled_with_what_its_call_came_to_less_or_more() {
        for (Quota quota : COUNTS) {
            Charge charge = charge(quota, 10);
            Reservation tooMuch = reserve(0, charge);
            Reservation tooLittle = reserve(0, withCost(charge, 2));
            Reservation exact = reserve(0, withCost(charge, 1));

            settle(1, tooMuch, 3);
            assertUsed(3 + 2 + 1, charge);
            settle(1, tooLittle, 6);
            assertUsed(3 + 6 + 1, charge);
            settle(1, exact, 1);
            settle(0, reserve(1, withCost(charge, 5)), 0);
            assertUsed(3 + 6 + 1, charge);
        }
    }

    @Test
    void what_was_too_little_is_consumed_as_far_as_it_is_there_and_no_further() {
        for (Quota quota : COUNTS) {
            Charge charge = charge(quota, 1);
            Reservation reservation = reserve(0, charge);
            acquire(0, withCost(charge, quota.capacity() - 4));

            settle(1, reservation, Quota.MAX_COUNT);

            assertUsed(quota.capacity(), charge);
        }
        Charge bucket = charge(BUCKET, 1);
        settle(0, reserve(0, bucket), 1_000);
        advance(SECOND);
        assertUsed(19, bucket);
    }

    @Test
    void a_reservation_is_settled_once_however_often_it_is_asked_for() {
        for (Quota quota : COUNTS) {
            Charge charge = charge(quota, 10);
            Reservation less = reserve(0, charge);
            Reservation more = reserve(0, withCost(charge, 1));
            Reservation sameMoment = reserve(0, withCost(charge, 1));

            for (int node = 0; node < 2; node++) {
                settle(node, less, 7);
                settle(node, more, 3);
                settle(node, less, 0);
            }
            assertUsed(7 + 3 + 1, charge);
            settle(0, sameMoment, 2);
            assertUsed(7 + 3 + 2, charge);
        }
        Charge charge = charge(WINDOW, 1);
        Reservation reservation = reserve(0, charge);
        settle(0, reservation, 2);
        advance(59 * SECOND);
        settle(1, reservation, 2);
        assertUsed(2, charge);
    }

    @Test
    void a_reservation_that_is_never_settled_expires_like_any_admission() {
        Charge charge = charge(WINDOW, 20);
        Reservation reservation = reserve(0, charge);
        advance(60 * SECOND);
        acquire(0, withCost(charge, 4));

        settle(1, reservation, 0);
        assertUsed(4, charge);

        Reservation tooLittle = reserve(0, withCost(charge, 2));
        advance(60 * SECOND);
        settle(1, tooLittle, 3);
        assertUsed(1, charge);
    }

    @Test
    void what_has_drained_of_a_bucket_is_not_given_back_again() {
        Charge early = charge(BUCKET, 10);
        Charge late = charge(BUCKET, 10);
        Reservation soon = reserve(0, early);
        Reservation later = reserve(0, late);

        advance(2 * SECOND);
        settle(0, soon, 3);
        assertUsed(1, early);

        advance(2 * SECOND);
        acquire(0, late);
        advance(2 * SECOND);
        settle(0, later, 1);
        // As if it had been one from the beginning; a store that cannot tell gives back less, never more.
        assertThat(20 - peek(0, late).get(0).remaining()).isBetween(8L, 10L);
    }

    @Test
    void slots_turns_and_blocks_are_settled_too() {
        Charge slot = heldBy(charge(new Concurrency(2, Duration.ofSeconds(45)), 1), "upload");
        Reservation held = reserve(0, slot);
        settle(1, held, 1);
        assertUsed(1, slot);
        settle(1, reserve(0, heldBy(slot, "other")), 0);
        assertUsed(1, slot);

        Charge queued = charge(new LeakyBucket(10, Duration.ofSeconds(1), Duration.ofSeconds(1)), 5);
        settle(1, reserve(0, queued), 2);
        Decision.Allowed next = (Decision.Allowed) acquire(0, withCost(queued, 1));
        assertThat(next.delayMicros()).isEqualTo(200_000);
        settle(1, Reservation.of(List.of(withCost(queued, 1)), next), 3);
        assertThat(((Decision.Allowed) acquire(0, queued)).delayMicros()).isEqualTo(500_000);

        Charge penal = charge(new Penalty(WINDOW, Duration.ofMinutes(15)), 11);
        Reservation reserved = reserve(0, penal);
        acquire(0, penal);
        settle(1, reserved, 13);
        assertThat(peek(0, penal)).containsExactly(new Usage(0, 900 * SECOND, 900 * SECOND));
        advance(59 * SECOND);
        assertUsed(13, withCost(penal, 1).against(WINDOW));
    }

    @Test
    void a_settlement_leaves_a_limit_alone_that_has_become_another_kind_since() {
        Charge bucket = charge(BUCKET, 4);
        Reservation less = reserve(0, bucket);
        Reservation more = reserve(0, bucket);
        Charge window = bucket.against(WINDOW);
        acquire(0, withCost(window, 9));

        settle(1, less, 0);
        settle(1, more, 20);

        assertUsed(9, window);
    }

    @Test
    void all_charges_of_a_reservation_are_settled_each_with_its_own_number() {
        List<Charge> charges = new ArrayList<>();
        COUNTS.forEach(quota -> charges.add(charge(quota, 5)));
        Reservation reservation = reserve(0, charges.toArray(Charge[]::new));

        join(fleet().node(1).settle(reservation, List.of(0L, 4L, 5L, 9L)));

        assertUsed(0, charges.get(0));
        assertUsed(4, charges.get(1));
        assertUsed(5, charges.get(2));
        assertUsed(9, charges.get(3));
    }

    @Test
    void a_settlement_that_makes_no_sense_is_refused_with_a_message() {
        Reservation reservation = reserve(0, charge(WINDOW, 1));
        Reservation held = reserve(0, heldBy(charge(new Concurrency(1, Duration.ofSeconds(1)), 1), "me"));
        assertThatThrownBy(() -> settle(0, reservation, 1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("actual: 2 (expected: one for each of 1 charges)");
        assertThatThrownBy(() -> settle(0, reservation, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("actual: -1 (expected: 0 to " + Quota.MAX_COUNT + ")");
        assertThatThrownBy(() -> settle(0, held, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("actual: 2 (expected: 0 to 1)");
    }

    @Test
    void a_reset_forgets_the_named_limits_of_a_subject_and_their_blocks_and_nothing_else() {
        Charge penal = charge(new Penalty(WINDOW, Duration.ofMinutes(15)), 20);
        Charge bucket = new Charge(LimitKey.of("bucket", penal.key().subject()), BUCKET, 5, penal.onStoreFailure());
        Charge other = new Charge(LimitKey.of("other", penal.key().subject()), BUCKET, 5, penal.onStoreFailure());
        Charge stranger = charge(WINDOW, 5);
        acquire(0, penal, bucket, other, stranger);
        acquire(0, withCost(penal, 1));

        join(fleet().node(1).reset(List.of(penal.key(), bucket.key())));

        assertThat(peek(0, penal, bucket)).containsExactly(new Usage(20, 0, 0), new Usage(20, 0, 0));
        assertUsed(5, other);
        assertUsed(5, stranger);
        assertThat(acquire(0, withCost(penal, 1))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_reset_of_counters_that_nobody_has_touched_is_none_and_of_no_counters_a_mistake() {
        Charge charge = charge(WINDOW, 1);
        join(fleet().node(0).reset(List.of(charge.key(), charge(BUCKET, 1).key())));
        assertUsed(0, charge);
        assertThatThrownBy(() -> fleet().node(0).reset(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("keys: 0 (expected: 1 to 32)");
    }

    protected final Reservation reserve(int node, Charge... charges) {
        return Reservation.of(List.of(charges), (Decision.Allowed) acquire(node, charges));
    }

    private void settle(int node, Reservation reservation, long... actual) {
        List<Long> numbers = new ArrayList<>();
        for (long number : actual) {
            numbers.add(number);
        }
        join(fleet().node(node).settle(reservation, numbers));
    }

    private void assertUsed(long tokens, Charge charge) {
        assertThat(peek(0, charge).get(0).remaining())
                .as(charge.quota().toString())
                .isEqualTo(charge.quota().capacity() - tokens);
    }
}
