package io.headgate.policy.match;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

/**
 * What holds for the whole policy.
 *
 * @param storeTimeout how long a decision may take before {@code on-store-failure} applies
 * @param headers which headers responses carry; may be empty
 * @param timezone zone of the dates in the policy
 */
public record Defaults(Duration storeTimeout, Set<HeaderFamily> headers, ZoneId timezone) {
    public Defaults {
        headers = Set.copyOf(headers);
    }
}
