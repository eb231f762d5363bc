package io.headgate.policy.replay;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Usage;
import io.headgate.policy.match.PlannedLimit;

/**
 * How a caller stands with one enforced limit after a request.
 *
 * @param limit the limit
 * @param charge what it allows, and what the request costs
 * @param usage what is left
 * @param account number of the counter, from 0 in the order in which a replay opens them
 */
public record Standing(PlannedLimit limit, Charge charge, Usage usage, int account) {

    /** Whether this limit refuses the request. */
    public boolean refuses() {
        return usage.waitMicros() > 0;
    }
}
