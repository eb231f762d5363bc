package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A candidate for what the policy says, tried before it holds for everybody.
 *
 * @param name its name
 * @param set by plan and limit: the candidate amounts
 * @param route the route with candidate costs; empty if amounts are tried
 * @param cost by limit: what a request on that route would cost
 * @param mode enforced on those who take part, or counted beside what holds
 * @param percent how many callers take part, 1 to 100
 * @param stopIf when it stops itself, if it does
 * @param place where it is declared
 */
public record RolloutRule(
        String name,
        Map<String, Map<String, Allotment>> set,
        Optional<String> route,
        Map<String, Cost> cost,
        PlannedLimit.Mode mode,
        int percent,
        Optional<StopCondition> stopIf,
        Place place) {
    public RolloutRule {
        Map<String, Map<String, Allotment>> copy = new HashMap<>();
        set.forEach((plan, amounts) -> copy.put(plan, Map.copyOf(amounts)));
        set = Map.copyOf(copy);
        cost = Map.copyOf(cost);
    }

    /** Whether it tries anything on a limit. */
    boolean concerns(String limit) {
        return cost.containsKey(limit) || set.values().stream().anyMatch(amounts -> amounts.containsKey(limit));
    }

    /** Whether both try the same, wherever they stand in the policy. */
    boolean triesTheSameAs(RolloutRule other) {
        return withoutPlaces().equals(other.withoutPlaces());
    }

    private Map<String, Object> withoutPlaces() {
        Map<String, Object> amounts = new HashMap<>();
        set.forEach((plan, byLimit) ->
                byLimit.forEach((limit, allotment) -> amounts.put(plan + "/" + limit, allotment.amount())));
        return Map.of(
                "name", name,
                "set", amounts,
                "route", route,
                "cost", cost,
                "mode", mode,
                "percent", percent,
                "stopIf", stopIf);
    }
}
