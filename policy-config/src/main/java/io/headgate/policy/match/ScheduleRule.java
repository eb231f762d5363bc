package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.util.HashMap;
import java.util.Map;

/**
 * Amounts that hold for some time.
 *
 * @param name its name
 * @param window when it holds
 * @param changes by plan and limit: what holds instead of the plan's own amount
 * @param place where it is declared
 */
public record ScheduleRule(
        String name, ScheduleWindow window, Map<String, Map<String, Allotment>> changes, Place place) {
    public ScheduleRule {
        Map<String, Map<String, Allotment>> copy = new HashMap<>();
        changes.forEach((plan, amounts) -> copy.put(plan, Map.copyOf(amounts)));
        changes = Map.copyOf(copy);
    }
}
