package io.headgate.limiter;

import java.time.Duration;

/**
 * A bucket that holds up to {@code burst} tokens and regains {@code refill} of them, evenly spread, every
 * {@code period}. Over any interval of length T it admits at most {@code burst + T · refill / period} tokens.
 *
 * @param refill tokens regained per period, 1 to {@link Quota#MAX_COUNT}
 * @param period time in which they are regained, whole microseconds up to {@link Quota#MAX_PERIOD}
 * @param burst tokens a full bucket holds, 1 to {@link Quota#MAX_COUNT}; from empty it must fill within 10 years
 */
public record TokenBucket(long refill, Duration period, long burst) implements Quota {

    private static final double LONGEST_FILL_MICROS = 10 * 366 * 86_400e6;

    /** @throws IllegalArgumentException if a component is out of its range */
    public TokenBucket {
        Quota.count("refill", refill);
        Quota.count("burst", burst);
        long periodMicros = Quota.micros("period", period);
        if ((double) burst * periodMicros / refill > LONGEST_FILL_MICROS) {
            throw new IllegalArgumentException("burst: " + burst
                    + " (expected: few enough to refill within 10 years at " + refill + " per " + period + ")");
        }
    }

    @Override
    public long capacity() {
        return burst;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }
}
