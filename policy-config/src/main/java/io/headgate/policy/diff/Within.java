package io.headgate.policy.diff;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.math.BigInteger;
import java.time.Duration;

/**
 * Whether everything that a quota admits is certain to fit another one, too. Kinds whose moments of renewal are not
 * comparable, such as a calendar's month and any 30 days, are not certain to.
 *
 * @param outer the other one
 */
record Within(Quota outer) implements Quota.Cases<Boolean> {

    @Override
    public Boolean of(TokenBucket bucket) {
        if (outer instanceof SlidingWindow window) {
            return Strictness.mostWithin(bucket, window.window()).compareTo(BigInteger.valueOf(window.limit())) <= 0;
        }
        return outer instanceof TokenBucket other
                && bucket.burst() <= other.burst()
                && isAtMost(bucket.refill(), bucket.period(), other.refill(), other.period());
    }

    @Override
    public Boolean of(SlidingWindow window) {
        if (outer instanceof SlidingWindow other) {
            return mostWithin(window, other.window()).compareTo(BigInteger.valueOf(other.limit())) <= 0;
        }
        return outer instanceof TokenBucket bucket
                && window.limit() <= bucket.burst()
                && isAtMost(window.limit(), window.window(), bucket.refill(), bucket.period());
    }

    /** A longer window may begin and end with the full count of a shorter one, so a part of one counts as a whole one. */
    private static BigInteger mostWithin(SlidingWindow window, Duration interval) {
        long nanos = window.window().toNanos();
        long windows = (interval.toNanos() + nanos - 1) / nanos;
        return BigInteger.valueOf(window.limit()).multiply(BigInteger.valueOf(windows));
    }

    @Override
    public Boolean of(CalendarQuota quota) {
        return outer instanceof CalendarQuota other
                && quota.limit() <= other.limit()
                && quota.unit() == other.unit()
                && quota.zone().equals(other.zone());
    }

    @Override
    public Boolean of(LeakyBucket bucket) {
        return outer instanceof LeakyBucket other
                && bucket.largestCost() <= other.largestCost()
                && bucket.longestDelay().compareTo(other.longestDelay()) <= 0
                && isAtMost(bucket.rate(), bucket.period(), other.rate(), other.period());
    }

    /** A longer lease keeps the slot of a holder that has vanished for longer. */
    @Override
    public Boolean of(Concurrency concurrency) {
        return outer instanceof Concurrency other
                && concurrency.slots() <= other.slots()
                && concurrency.lease().compareTo(other.lease()) >= 0;
    }

    @Override
    public Boolean of(Penalty penalty) {
        if (outer instanceof Penalty other) {
            return penalty.block().compareTo(other.block()) >= 0
                    && penalty.quota().fold(new Within(other.quota()));
        }
        return penalty.quota().fold(this);
    }

    private static boolean isAtMost(long count, Duration period, long otherCount, Duration otherPeriod) {
        BigInteger mine = BigInteger.valueOf(count).multiply(BigInteger.valueOf(otherPeriod.toNanos()));
        return mine.compareTo(BigInteger.valueOf(otherCount).multiply(BigInteger.valueOf(period.toNanos()))) <= 0;
    }
}
