package io.headgate.limiter;

/**
 * One limit that a call has to fit, and how much of it the call consumes.
 *
 * @param key which counter
 * @param quota how much that counter allows
 * @param cost tokens to consume, 1 to the quota's capacity
 * @param onStoreFailure what this limit says when the store does not answer
 */
public record Charge(LimitKey key, Quota quota, long cost, OnStoreFailure onStoreFailure) {

    /** @throws IllegalArgumentException if the cost is below 1 or can never fit the quota */
    public Charge {
        if (cost < 1 || cost > quota.capacity()) {
            throw new IllegalArgumentException("cost: " + cost + " (expected: 1 to " + quota.capacity() + ")");
        }
    }
}
