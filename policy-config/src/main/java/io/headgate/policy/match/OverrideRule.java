package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An exception for somebody, until some day.
 *
 * @param target for whom
 * @param plan the plan to treat them as being on, if it says so
 * @param set amounts by limit name, instead of their plan's
 * @param reason why it exists
 * @param until when it ends
 * @param place where it is declared
 */
public record OverrideRule(
        Target target, Optional<String> plan, Map<String, Allotment> set, String reason, Instant until, Place place)
        implements Targeted {

    public OverrideRule {
        set = Map.copyOf(set);
    }

    @Override
    public boolean endedBy(Instant now) {
        return !now.isBefore(until);
    }
}
