package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.CalendarQuota;
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
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where arithmetic goes wrong, if it does: the smallest and the largest quotas, costs that just fit and just do not, moments
 * that are just early enough and just not, and clocks that step back.
 */
abstract class BoundariesContract extends FleetFixture {

    private static final Duration MICRO = Duration.of(1, ChronoUnit.MICROS);

    private static final List<Quota> QUOTAS = List.of(
            new TokenBucket(1, Duration.ofSeconds(1), 1),
            new TokenBucket(1, MICRO, 1),
            new TokenBucket(Quota.MAX_COUNT, MICRO, Quota.MAX_COUNT),
            new TokenBucket(Quota.MAX_COUNT / 7, Duration.ofDays(1), Quota.MAX_COUNT),
            new TokenBucket(1, Quota.MAX_PERIOD, 1),
            new TokenBucket(999_983, Duration.ofSeconds(1).plus(MICRO), 1_000_003),
            new SlidingWindow(1, MICRO),
            new SlidingWindow(60, Duration.ofSeconds(1)),
            new SlidingWindow(61, Duration.ofSeconds(1)),
            new SlidingWindow(Quota.MAX_COUNT, Quota.MAX_PERIOD),
            new CalendarQuota(1, CalendarQuota.Unit.DAY, ZoneOffset.UTC),
            new CalendarQuota(Quota.MAX_COUNT, CalendarQuota.Unit.MONTH, ZoneOffset.UTC),
            new LeakyBucket(1, Duration.ofSeconds(1), MICRO),
            new LeakyBucket(1_000_003, Duration.ofSeconds(1), Duration.ofSeconds(2)),
            new Penalty(new TokenBucket(1, Duration.ofSeconds(1), 1), MICRO),
            new Penalty(new SlidingWindow(Quota.MAX_COUNT, Duration.ofSeconds(1)), Duration.ofSeconds(1)));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void on_a_random_schedule_of_boundary_values_it_answers_like_the_algorithms(long seed) {
        Random random = new Random(seed);
        for (Quota quota : QUOTAS) {
            setClock();
            LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
            Charge limit = charge(quota, 1);
            Usage last = join(reference.peek(List.of(limit))).get(0);
            for (int step = 0; step < 60; step++) {
                long micros = boundaryStep(random, last);
                advance(followsAClockThatStepsBack() ? micros : Math.max(0, micros));
                Charge call = withCost(limit, boundaryCost(random, quota, last));
                String when = "seed " + seed + ", " + quota + ", step " + step + ", cost " + call.cost();
                Decision expected = join(reference.acquire(List.of(call)));
                assertAnswers(join(fleet().node(step % 2).acquire(List.of(call))), expected, when);
                last = expected.usages().get(0);
                assertThat(join(fleet().node(0).peek(List.of(limit))))
                        .as(when)
                        .isEqualTo(join(reference.peek(List.of(limit))));
            }
        }
    }

    /**
     * Whether it goes back with a clock that steps back as far as its latest charge, as the algorithms do. One that remembers
     * a later moment too is not asked about such clocks here.
     */
    protected boolean followsAClockThatStepsBack() {
        return true;
    }

    /** What just fits, or just does not, or is the least or the most that can be asked for. */
    private static long boundaryCost(Random random, Quota quota, Usage last) {
        long cost = switch (random.nextInt(6)) {
            case 0 -> quota.largestCost();
            case 1 -> quota.largestCost() - 1;
            case 2 -> last.remaining();
            case 3 -> last.remaining() + 1;
            case 4 -> quota.largestCost() / 2;
            default -> 1;
        };
        return Math.max(1, Math.min(quota.largestCost(), cost));
    }

    /** No time, hardly any, just enough or just not enough by the last answer, much, or time back. */
    private static long boundaryStep(Random random, Usage last) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3, 4 -> last.waitMicros();
            case 5 -> Math.max(0, last.waitMicros() - 1);
            case 6 -> last.replenishMicros();
            case 7 -> Math.max(0, last.replenishMicros() - 1);
            case 8 -> HOUR;
            case 9 -> -1;
            case 10 -> -SECOND;
            default -> random.nextInt(4) == 0 ? -24 * HOUR : 24 * HOUR;
        };
    }
}
