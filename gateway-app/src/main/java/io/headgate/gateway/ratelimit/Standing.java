package io.headgate.gateway.ratelimit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Usage;
import io.headgate.policy.match.PlannedLimit;

/**
 * How a caller stands with one counted limit.
 *
 * @param limit the limit
 * @param charge what it allows, and what the request costs
 * @param usage what is left
 */
public record Standing(PlannedLimit limit, Charge charge, Usage usage) {

    /** Whether this limit refuses the request. */
    public boolean refuses() {
        return usage.waitMicros() > 0;
    }

    /** Microseconds until there is more: enough for the request if it was refused, else one more token. */
    public long resetMicros() {
        return refuses() ? usage.waitMicros() : usage.replenishMicros();
    }

    /** The part of the quota that is left, 0 to 1. */
    public double share() {
        return (double) usage.remaining() / charge.quota().capacity();
    }
}
