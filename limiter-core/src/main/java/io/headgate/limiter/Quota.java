package io.headgate.limiter;

import java.time.Duration;

/**
 * How much one subject may consume of one limit. A quota is plain data, checked when it is built: every number in it is
 * a positive integer small enough that Java {@code long} and Lua {@code double} arithmetic give the same result.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface Quota permits TokenBucket, SlidingWindow {

    /** Largest count a quota may hold, in tokens: 2<sup>45</sup> (32 TiB when a token is a byte). */
    long MAX_COUNT = 1L << 45;

    /** Longest period or window: 366 days. */
    Duration MAX_PERIOD = Duration.ofDays(366);

    /** Most tokens that one call can consume, and so the largest cost that can ever be admitted. */
    long capacity();

    /**
     * Length of a checked period in microseconds.
     *
     * @throws IllegalArgumentException if it is not positive, longer than {@link #MAX_PERIOD} or not whole microseconds
     */
    static long micros(String field, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException(
                    field + ": " + value + " (expected: more than zero, at most " + MAX_PERIOD.toDays() + " days)");
        }
        long nanos = value.toNanos();
        if (nanos % 1_000 != 0) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: whole microseconds)");
        }
        return nanos / 1_000;
    }

    /**
     * Returns {@code value} if it is a count that a quota may hold.
     *
     * @throws IllegalArgumentException if it is below 1 or above {@link #MAX_COUNT}
     */
    static long count(String field, long value) {
        if (value < 1 || value > MAX_COUNT) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 1 to " + MAX_COUNT + ")");
        }
        return value;
    }
}
