package io.headgate.limiter;

import java.time.Duration;

/**
 * A quota whose refusal starts a block: from the first call that does not fit until {@code block} later every call is
 * refused, whatever would fit by then. Calls during a block do not lengthen it.
 *
 * @param quota what must not be exceeded; neither a penalty itself nor a {@link Concurrency}, whose holders would lose
 *     what they hold
 * @param block how long, whole microseconds up to {@link Quota#MAX_PERIOD}
 */
public record Penalty(Quota quota, Duration block) implements Quota {

    /** @throws IllegalArgumentException if the quota cannot have a penalty, or the block is out of its range */
    public Penalty {
        if (quota instanceof Penalty || quota instanceof Concurrency) {
            throw new IllegalArgumentException("quota: " + quota + " (expected: a quota that counts tokens)");
        }
        Quota.micros("block", block);
    }

    @Override
    public long capacity() {
        return quota.capacity();
    }

    @Override
    public long largestCost() {
        return quota.largestCost();
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }
}
