package io.headgate.policy.match;

import java.util.Map;

/**
 * A plan with everything it inherits.
 *
 * @param name its name
 * @param allotments by limit name, for every limit that a route uses: the plan's own, inherited, or the limit's
 */
public record PlanRule(String name, Map<String, Allotment> allotments) {
    public PlanRule {
        allotments = Map.copyOf(allotments);
    }
}
