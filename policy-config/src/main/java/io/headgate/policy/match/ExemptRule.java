package io.headgate.policy.match;

import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.source.Place;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody whom limits count but never refuse.
 *
 * @param target who
 * @param limits names of the limits that do not refuse them; empty for all
 * @param reason why
 * @param until when it ends; empty if it does not
 * @param place where it is declared
 */
public record ExemptRule(
        Target target, Optional<Set<String>> limits, String reason, Optional<Instant> until, Place place)
        implements Targeted {

    public ExemptRule {
        limits = limits.map(Set::copyOf);
    }

    /** Whether {@code limit} lets them pass. Before authentication nobody is known but by address. */
    boolean covers(LimitRule limit) {
        return (limit.stage() == Stage.AFTER_AUTH || target instanceof Target.Network)
                && limits.map(names -> names.contains(limit.name())).orElse(true);
    }

    @Override
    public boolean endedBy(Instant now) {
        return until.isPresent() && !now.isBefore(until.get());
    }
}
