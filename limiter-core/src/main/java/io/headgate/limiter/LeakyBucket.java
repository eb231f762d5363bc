package io.headgate.limiter;

import java.math.BigInteger;
import java.time.Duration;

/**
 * A queue that lets {@code rate} tokens leave per {@code period}, evenly spaced. A call is admitted with the delay after
 * which its turn comes ({@link Decision.Allowed#delayMicros()}), and refused if that is longer than
 * {@code longestDelay}. From one start to the next lies at least the time that the tokens of the first take to leave.
 *
 * @param rate tokens that leave per period, 1 to {@link Quota#MAX_COUNT}; also the most that one call may bring
 * @param period time in which they leave, whole microseconds up to {@link Quota#MAX_PERIOD}
 * @param longestDelay longest a call is held back, whole microseconds up to {@link Quota#MAX_PERIOD}
 */
public record LeakyBucket(long rate, Duration period, Duration longestDelay) implements Quota {

    /** @throws IllegalArgumentException if a component is out of its range */
    public LeakyBucket {
        Quota.count("rate", rate);
        Quota.micros("period", period);
        Quota.micros("longestDelay", longestDelay);
        if (queue(rate, period, longestDelay).bitLength() > 52) {
            throw new IllegalArgumentException("longestDelay: " + longestDelay + " (expected: short enough for at most "
                    + MAX_COUNT + " tokens to wait at " + rate + " per " + period + ")");
        }
    }

    /** As many calls of one token as fit into the longest delay, and the one that goes at once. */
    @Override
    public long capacity() {
        return queue(rate, period, longestDelay).longValueExact() + 1;
    }

    @Override
    public long largestCost() {
        return rate;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }

    /** Whole tokens that leave within the delay. */
    private static BigInteger queue(long rate, Duration period, Duration delay) {
        return BigInteger.valueOf(rate)
                .multiply(BigInteger.valueOf(Quota.micros("longestDelay", delay)))
                .divide(BigInteger.valueOf(Quota.micros("period", period)));
    }
}
