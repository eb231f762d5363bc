package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store promises of limits that hold a call back, and of those that block a caller for a while. */
public abstract class QueuesAndPenaltiesContract extends BoundariesContract {

    private static final long MILLI = 1_000;
    private static final long MINUTE = 60 * SECOND;

    /** One call each 100 ms, and at most half a second in the queue. */
    private static final LeakyBucket TEN_A_SECOND = new LeakyBucket(10, Duration.ofSeconds(1), Duration.ofMillis(500));

    private static final SlidingWindow TWO_A_MINUTE = new SlidingWindow(2, Duration.ofMinutes(1));
    private static final Penalty THEN_BLOCK = new Penalty(TWO_A_MINUTE, Duration.ofMinutes(15));

    @Test
    void calls_to_a_queue_get_evenly_spaced_turns_in_the_order_in_which_they_came() {
        Charge charge = charge(TEN_A_SECOND, 1);
        for (int turn = 0; turn <= 5; turn++) {
            Decision.Allowed allowed = (Decision.Allowed) acquire(turn % 2, charge);
            assertThat(allowed.delayMicros()).isEqualTo(turn * 100L * MILLI);
            assertThat(allowed.usages()).containsExactly(new Usage(5L - turn, 100 * MILLI, 0));
        }

        assertThat(denied(acquire(0, charge)).usages()).containsExactly(new Usage(0, 100 * MILLI, 100 * MILLI));
        advance(100 * MILLI - 1);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(((Decision.Allowed) acquire(1, charge)).delayMicros()).isEqualTo(500 * MILLI);
        advance(600 * MILLI);
        assertThat(peek(0, charge)).containsExactly(new Usage(6, 0, 0));
        assertThat(((Decision.Allowed) acquire(0, charge)).delayMicros()).isZero();
    }

    @Test
    void in_a_queue_a_call_waits_for_those_before_it_whatever_it_brings_itself() {
        Charge dear = charge(TEN_A_SECOND, 10);
        acquire(0, withCost(dear, 5));

        assertThat(((Decision.Allowed) acquire(1, dear)).delayMicros()).isEqualTo(500 * MILLI);
        assertThat(denied(acquire(1, withCost(dear, 1))).retryAfterMicros()).isEqualTo(SECOND);
    }

    @Test
    void a_call_to_two_queues_begins_at_the_later_of_its_turns_and_a_refused_one_takes_no_turn() {
        Charge fast = charge(TEN_A_SECOND, 1);
        Charge slow = charge(new LeakyBucket(1, Duration.ofSeconds(1), Duration.ofSeconds(1)), 1);
        acquire(0, fast, slow);
        assertThat(((Decision.Allowed) acquire(1, slow, fast)).delayMicros()).isEqualTo(SECOND);
        List<Usage> before = peek(0, fast, slow);

        assertThat(denied(acquire(1, fast, slow)).retryAfterMicros()).isEqualTo(SECOND);

        assertThat(peek(0, fast, slow)).isEqualTo(before);
    }

    @Test
    void the_last_of_a_queue_gives_its_turn_back_and_the_turn_of_another_one_passes_unused() {
        Charge charge = charge(TEN_A_SECOND, 2);
        Decision.Allowed first = (Decision.Allowed) acquire(0, charge);
        List<Usage> before = peek(0, charge);
        Decision.Allowed last = (Decision.Allowed) acquire(0, charge);

        join(fleet().node(1).refund(List.of(charge), last));
        assertThat(peek(0, charge)).isEqualTo(before);

        assertThat(((Decision.Allowed) acquire(0, charge)).delayMicros()).isEqualTo(200 * MILLI);
        join(fleet().node(1).refund(List.of(charge), first));
        assertThat(((Decision.Allowed) acquire(0, charge)).delayMicros()).isEqualTo(400 * MILLI);
    }

    @Test
    void a_change_of_the_rate_moves_nobodys_turn() {
        Charge charge = charge(TEN_A_SECOND, 1);
        acquire(0, charge);
        acquire(0, charge);
        Charge slower = charge.against(new LeakyBucket(3, Duration.ofSeconds(1), Duration.ofMillis(500)));
        Charge faster = charge.against(new LeakyBucket(1_000, Duration.ofSeconds(1), Duration.ofMillis(500)));

        assertThat(((Decision.Allowed) acquire(1, slower)).delayMicros()).isEqualTo(200 * MILLI);
        // A third of a second is no whole number of microseconds: the turn is rounded up.
        assertThat(denied(acquire(1, slower)).retryAfterMicros()).isEqualTo(533_334 - 500_000);
        advance(100 * MILLI);
        assertThat(((Decision.Allowed) acquire(0, faster)).delayMicros()).isEqualTo(433_334);
        assertThat(((Decision.Allowed) acquire(0, faster)).delayMicros()).isEqualTo(434_334);
    }

    @Test
    void a_clock_that_steps_back_a_day_holds_a_queue_up_for_no_longer_than_the_longest_queue() {
        Charge charge = charge(TEN_A_SECOND, 10);
        acquire(0, charge);
        advance(-24 * HOUR);
        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(500 * MILLI);
        advance(500 * MILLI);
        assertThat(((Decision.Allowed) acquire(1, charge)).delayMicros()).isEqualTo(500 * MILLI);
    }

    @Test
    void a_clock_that_falls_behind_gives_no_turn_away_twice() {
        Charge charge = charge(TEN_A_SECOND, 1);
        acquire(0, charge);
        advance(-200 * MILLI);
        assertThat(((Decision.Allowed) acquire(1, charge)).delayMicros()).isEqualTo(300 * MILLI);
    }

    /** Time counted in parts of which a microsecond has as many as the rate has tokens: nothing is ever rounded. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void turns_are_those_of_a_queue_in_exact_fractions(long seed) {
        Random random = new Random(seed);
        long rate = 1L + random.nextInt(500);
        long period = 1L + random.nextInt(2_000_000);
        long longest = 1L + random.nextInt(1_000_000);
        Charge limit = charge(new LeakyBucket(rate, micros(period), micros(longest)), 1);
        long free = 0;
        int admitted = 0;
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(3) * (long) random.nextInt((int) (2 * period / rate) + 2));
            long cost = random.nextInt(4) == 0 ? 1L + random.nextInt((int) rate) : 1;
            long turn = Math.max(free, now * rate);
            long delay = -Math.floorDiv(now * rate - turn, rate);

            Decision decision = acquire(step % 2, withCost(limit, cost));

            String when = "seed " + seed + ", step " + step;
            if (delay <= longest) {
                assertThat(decision).as(when).isInstanceOf(Decision.Allowed.class);
                assertThat(((Decision.Allowed) decision).delayMicros()).as(when).isEqualTo(delay);
                free = turn + cost * period;
                admitted++;
            } else {
                assertThat(denied(decision).retryAfterMicros()).as(when).isEqualTo(delay - longest);
            }
        }
        assertThat(admitted).isPositive();
    }

    @Test
    void the_first_refusal_starts_a_block_that_later_calls_do_not_lengthen() {
        Charge charge = charge(THEN_BLOCK, 1);
        acquire(0, charge);
        assertThat(acquire(1, charge).usages()).containsExactly(new Usage(0, MINUTE, 0));

        assertThat(denied(acquire(0, charge)).usages()).containsExactly(new Usage(0, 15 * MINUTE, 15 * MINUTE));
        advance(5 * MINUTE);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(10 * MINUTE);
        assertThat(peek(0, charge)).containsExactly(new Usage(0, 10 * MINUTE, 10 * MINUTE));
        advance(10 * MINUTE - 1);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(1);
        advance(1);
        assertThat(acquire(0, charge).usages()).containsExactly(new Usage(1, MINUTE, 0));
    }

    @Test
    void looking_starts_no_block() {
        Charge charge = charge(THEN_BLOCK, 2);
        acquire(0, charge);
        assertThat(peek(0, charge)).containsExactly(new Usage(0, MINUTE, MINUTE));
        advance(MINUTE);
        assertThat(acquire(0, charge)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_block_that_is_shorter_than_the_wait_does_not_shorten_it() {
        Charge charge = charge(new Penalty(new SlidingWindow(1, Duration.ofHours(1)), Duration.ofMinutes(1)), 1);
        acquire(0, charge);
        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(HOUR);
        advance(2 * MINUTE);
        assertThat(denied(acquire(1, charge)).retryAfterMicros()).isEqualTo(HOUR - 2 * MINUTE);
        advance(HOUR - 2 * MINUTE);
        assertThat(acquire(1, charge)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_refusal_starts_the_blocks_of_all_limits_that_refuse_and_of_no_other() {
        Charge full = charge(THEN_BLOCK, 2);
        Charge alsoFull = charge(new Penalty(TWO_A_MINUTE, Duration.ofMinutes(5)), 2);
        Charge roomy = charge(THEN_BLOCK, 1);
        acquire(0, full, alsoFull);

        assertThat(denied(acquire(1, roomy, full, alsoFull)).retryAfterMicros()).isEqualTo(15 * MINUTE);

        assertThat(peek(0, roomy, full, alsoFull))
                .containsExactly(
                        new Usage(2, 0, 0),
                        new Usage(0, 15 * MINUTE, 15 * MINUTE),
                        new Usage(0, 5 * MINUTE, 5 * MINUTE));
    }

    @Test
    void what_is_given_back_during_a_block_is_there_when_it_ends_and_not_before() {
        Charge charge = charge(new Penalty(new SlidingWindow(2, Duration.ofHours(1)), Duration.ofMinutes(15)), 1);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, charge);
        acquire(0, charge);
        assertThat(denied(acquire(0, charge)).retryAfterMicros()).isEqualTo(HOUR);

        join(fleet().node(1).refund(List.of(charge), admission));

        assertThat(peek(1, charge)).containsExactly(new Usage(0, 15 * MINUTE, 15 * MINUTE));
        advance(15 * MINUTE);
        assertThat(acquire(0, charge)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void a_limit_that_gains_or_loses_its_penalty_keeps_its_count() {
        Charge free = charge(TWO_A_MINUTE, 1);
        Charge penal = free.against(THEN_BLOCK);
        acquire(0, free);
        acquire(0, penal);
        assertThat(denied(acquire(0, penal)).retryAfterMicros()).isEqualTo(15 * MINUTE);

        assertThat(peek(1, free)).containsExactly(new Usage(0, MINUTE, MINUTE));
        advance(MINUTE);
        assertThat(acquire(0, free).usages()).containsExactly(new Usage(1, MINUTE, 0));
        assertThat(peek(0, penal)).containsExactly(new Usage(1, MINUTE, 0));
    }

    @Test
    void a_block_is_never_longer_than_it_is_set_to_now_whatever_clock_or_policy_it_began_under() {
        Charge charge = charge(THEN_BLOCK, 1);
        acquire(0, charge);
        acquire(0, charge);
        acquire(0, charge);
        Charge shorter = charge.against(new Penalty(TWO_A_MINUTE, Duration.ofMinutes(3)));
        assertThat(denied(acquire(1, shorter)).retryAfterMicros()).isEqualTo(3 * MINUTE);
        advance(MINUTE);
        assertThat(denied(acquire(1, shorter)).retryAfterMicros()).isEqualTo(2 * MINUTE);

        advance(-24 * HOUR);
        Charge both = withCost(shorter, 2);
        assertThat(denied(acquire(0, both)).retryAfterMicros()).isEqualTo(3 * MINUTE);
        advance(3 * MINUTE);
        assertThat(acquire(0, both)).isInstanceOf(Decision.Allowed.class);
    }

    /** The block is a variable of this test, and the quota under it a counter that never heard of blocks. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_penalty_is_its_quota_and_a_block_since_the_first_refusal(long seed) {
        Random random = new Random(seed);
        long block = 1_000_000L + random.nextInt(5_000_000);
        Quota quota = randomCount(random);
        Charge penal = charge(new Penalty(quota, micros(block)), 1);
        Charge counted = charge(quota, 1);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        long blockedUntil = 0;
        int blocks = 0;
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(10) == 0 ? random.nextInt(10_000_000) : random.nextInt(400_000));
            long cost = 1 + random.nextLong(Math.min(5, quota.capacity()));
            Decision decision = acquire(step % 2, withCost(penal, cost));

            String when = "seed " + seed + ", step " + step;
            long wait = join(reference.peek(List.of(withCost(counted, cost))))
                    .get(0)
                    .waitMicros();
            if (now >= blockedUntil && wait > 0) {
                blockedUntil = now + block;
                blocks++;
            }
            if (now < blockedUntil) {
                assertThat(decision).as(when).isInstanceOf(Decision.Denied.class);
                assertThat(denied(decision).retryAfterMicros()).as(when).isEqualTo(Math.max(wait, blockedUntil - now));
            } else {
                assertThat(decision).as(when).isEqualTo(join(reference.acquire(List.of(withCost(counted, cost)))));
            }
        }
        assertThat(blocks).isPositive();
    }

    protected static Quota randomCount(Random random) {
        long count = 1L + random.nextInt(10);
        Duration time = Duration.ofMillis(1_000 + random.nextInt(4_000));
        return random.nextBoolean()
                ? new SlidingWindow(count, time)
                : new TokenBucket(1 + random.nextInt(5), time, count);
    }

    protected static Quota randomQueue(Random random) {
        return new LeakyBucket(
                1L + random.nextInt(40),
                micros(1L + random.nextInt(3_000_000)),
                micros(1L + random.nextInt(2_000_000)));
    }

    protected static Duration micros(long micros) {
        return Duration.ofNanos(1_000 * micros);
    }
}
