package io.headgate.limiter.guard;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a quota is leased: a token that was charged in advance is spent within the horizon or not at all, and everything is
 * charged against a quota that allows for that ({@link LeasingLimitStore} says why). They follow from the quota alone, so
 * that all nodes agree on them.
 *
 * @param quota the quota
 * @param rest what everything is charged against: a bucket without what it regains in a horizon, or a window that is a
 *     horizon longer
 * @param horizonNanos how long a token lasts that was charged in advance
 */
record LeaseTerms(Quota quota, Quota rest, long horizonNanos) {

    /** How long a counter has no calls before its stock is given back. */
    static final Duration COOL = Duration.ofMillis(500);

    /** Beyond this, longer leases spare few calls more. */
    private static final long LONGEST_HORIZON = 100_000;

    /** Below this a lease would be old before it has arrived. */
    private static final long SHORTEST_HORIZON = 2_000;

    /** The part of its burst, or of its rate, that a leased limit may cost. */
    private static final long SHARE = 128;

    /** Below this a lease would hardly spare a call. */
    private static final long SMALLEST_QUOTA = 512;

    /** The terms of a quota; null if it is of another kind than those that can be leased, or too small or too short for it. */
    static @Nullable LeaseTerms of(Quota quota) {
        if (quota.capacity() < SMALLEST_QUOTA) {
            return null;
        }
        if (quota instanceof TokenBucket bucket) {
            return of(bucket);
        }
        return quota instanceof SlidingWindow window ? of(window) : null;
    }

    private static @Nullable LeaseTerms of(TokenBucket bucket) {
        double perMicro = (double) bucket.refill() / Quota.micros("period", bucket.period());
        long horizon = horizon((long) (bucket.burst() / perMicro));
        // One more than the product rounded up, which a double may have missed.
        long regained = (long) Math.ceil(perMicro * horizon) + 1;
        return horizon < SHORTEST_HORIZON
                ? null
                : new LeaseTerms(
                        bucket,
                        new TokenBucket(bucket.refill(), bucket.period(), bucket.burst() - regained),
                        horizon * 1_000);
    }

    private static @Nullable LeaseTerms of(SlidingWindow window) {
        long horizon = horizon(Quota.micros("window", window.window()));
        Duration longer = window.window().plus(horizon, ChronoUnit.MICROS);
        return horizon < SHORTEST_HORIZON || longer.compareTo(Quota.MAX_PERIOD) > 0
                ? null
                : new LeaseTerms(window, new SlidingWindow(window.limit(), longer), horizon * 1_000);
    }

    private static long horizon(long micros) {
        return Math.min(LONGEST_HORIZON, micros / SHARE);
    }
}
