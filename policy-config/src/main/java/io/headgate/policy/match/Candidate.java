package io.headgate.policy.match;

import io.headgate.limiter.LimitKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a rollout tries on one limit of one route.
 *
 * @param rollout the rollout
 * @param amounts by plan: the amount it tries; empty if it tries none
 * @param cost the cost it tries here, if it does
 * @param name what it is called where it is counted beside the limit
 * @param limitId the number that stands for that name in keys
 */
record Candidate(Rollout rollout, Map<String, Allotment> amounts, Optional<Cost> cost, String name, long limitId) {

    /** Those on a limit as {@code route} uses it. */
    static List<Candidate> on(LimitUse use, String route, List<Rollout> rollouts) {
        List<Candidate> candidates = new ArrayList<>(0);
        String limit = use.limit().name();
        for (Rollout rollout : rollouts) {
            RolloutRule rule = rollout.rule();
            Map<String, Allotment> amounts = new HashMap<>();
            rule.set()
                    .forEach((plan, byLimit) ->
                            Optional.ofNullable(byLimit.get(limit)).ifPresent(amount -> amounts.put(plan, amount)));
            Optional<Cost> cost = rule.route()
                    .filter(route::equals)
                    .flatMap(here -> Optional.ofNullable(rule.cost().get(limit)));
            // A limit that is counted beside counts on every route: it stands for the whole of what would be.
            boolean countsOn = rule.mode() == PlannedLimit.Mode.SHADOW && rule.concerns(limit);
            if (!amounts.isEmpty() || cost.isPresent() || countsOn) {
                String name = limit + "@" + rule.name();
                candidates.add(new Candidate(rollout, Map.copyOf(amounts), cost, name, LimitKey.limitId(name)));
            }
        }
        return List.copyOf(candidates);
    }

    boolean isEnforced() {
        return rollout.rule().mode() == PlannedLimit.Mode.ENFORCE;
    }

    /**
     * Whether it has anything to say of a caller: amounts are tried on what the plan says, not on what a schedule or an
     * override does.
     */
    boolean concerns(Standing standing, int ordinal) {
        return amounts.isEmpty() || (amounts.containsKey(standing.plan()) && standing.isOfThePlan(ordinal));
    }

    Allotment amount(Standing standing, Allotment otherwise) {
        return amounts.getOrDefault(standing.plan(), otherwise);
    }
}
