package io.headgate.limiter;

import org.jspecify.annotations.Nullable;

/**
 * One limit that a call has to fit, and how much of it the call consumes.
 *
 * @param key which counter
 * @param quota how much that counter allows
 * @param cost tokens to consume, 1 to the quota's {@linkplain Quota#largestCost() largest cost}
 * @param onStoreFailure what this limit says when the store does not answer
 * @param holder who is to hold a slot of a {@link Concurrency} limit; {@code null} where tokens are counted, and where
 *     such a limit is only looked at
 */
public record Charge(
        LimitKey key,
        Quota quota,
        long cost,
        OnStoreFailure onStoreFailure,
        @Nullable Holder holder) {

    /** @throws IllegalArgumentException if the cost is below 1 or can never fit the quota, or a holder has no slot to hold */
    public Charge {
        if (cost < 1 || cost > quota.largestCost()) {
            throw new IllegalArgumentException("cost: " + cost + " (expected: 1 to " + quota.largestCost() + ")");
        }
        if (holder != null && !(quota instanceof Concurrency)) {
            throw new IllegalArgumentException("holder: " + holder + " (expected: none for " + quota + ")");
        }
    }

    /** A charge that nobody holds. */
    public Charge(LimitKey key, Quota quota, long cost, OnStoreFailure onStoreFailure) {
        this(key, quota, cost, onStoreFailure, null);
    }

    /** The same charge for a slot that {@code slotHolder} is to hold. */
    public Charge heldBy(Holder slotHolder) {
        return new Charge(key, quota, cost, onStoreFailure, slotHolder);
    }

    /** The same charge at another cost. */
    public Charge costing(long other) {
        return other == cost ? this : new Charge(key, quota, other, onStoreFailure, holder);
    }

    /** The same charge against another quota. */
    public Charge against(Quota other) {
        return new Charge(key, other, cost, onStoreFailure, holder);
    }
}
