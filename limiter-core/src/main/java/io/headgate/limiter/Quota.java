package io.headgate.limiter;

import java.time.Duration;

/**
 * How much one subject may consume of one limit. A quota is plain data, checked when it is built: every number in it is
 * a positive integer small enough that Java {@code long} and Lua {@code double} arithmetic give the same result.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface Quota permits TokenBucket, SlidingWindow, CalendarQuota, LeakyBucket, Concurrency, Penalty {

    /** Largest count a quota may hold, in tokens: 2<sup>52</sup> (4 PiB when a token is a byte). */
    long MAX_COUNT = 1L << 52;

    /** Longest period or window: 366 days. */
    Duration MAX_PERIOD = Duration.ofDays(366);

    /** What an untouched quota has left: the most that {@link Usage#remaining()} can be. */
    long capacity();

    /** Most tokens that one call can consume, and so the largest cost that can ever be admitted. */
    default long largestCost() {
        return capacity();
    }

    /** What {@code cases} make of this quota. Whoever treats kinds of quotas differently does so here, and forgets none. */
    <R> R fold(Cases<R> cases);

    /**
     * One answer for each kind of quota.
     *
     * @param <R> what it answers
     */
    interface Cases<R> {

        /** For a token bucket. */
        R of(TokenBucket bucket);

        /** For a sliding window. */
        R of(SlidingWindow window);

        /** For a calendar quota. */
        R of(CalendarQuota quota);

        /** For a leaky bucket. */
        R of(LeakyBucket bucket);

        /** For a limit of concurrent holders. */
        R of(Concurrency concurrency);

        /** For a quota whose refusal starts a block. */
        R of(Penalty penalty);
    }

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
