package io.headgate.limiter;

import java.time.Duration;

/**
 * At most {@code slots} holders at a time. A {@link Holder} takes a slot for the length of a lease; charging the same
 * holder again renews its lease and takes nothing more. A lease that is not renewed ends by itself, so a holder that
 * vanishes without a word gives its slot back.
 *
 * @param slots holders at a time, 1 to {@link #MAX_SLOTS}
 * @param lease how long a holder keeps its slot without renewing it, whole microseconds up to {@link Quota#MAX_PERIOD}
 */
public record Concurrency(long slots, Duration lease) implements Quota {

    /** Most slots: each one in use is remembered by its holder. */
    public static final long MAX_SLOTS = 1_000;

    /** @throws IllegalArgumentException if a component is out of its range */
    public Concurrency {
        if (slots < 1 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("slots: " + slots + " (expected: 1 to " + MAX_SLOTS + ")");
        }
        Quota.micros("lease", lease);
    }

    @Override
    public long capacity() {
        return slots;
    }

    /** A holder takes one slot, no more. */
    @Override
    public long largestCost() {
        return 1;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }
}
