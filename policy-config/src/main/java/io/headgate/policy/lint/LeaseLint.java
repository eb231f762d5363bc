package io.headgate.policy.lint;

import io.headgate.limiter.guard.LeasingLimitStore;
import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.Exactness;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.match.ScheduleRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problems;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Limits that are to be leased, and of whose amounts none is large enough for it. */
final class LeaseLint {

    private LeaseLint() {}

    static void check(PolicyRules rules, Problems problems) {
        for (LimitRule limit : rules.limits()) {
            if (limit.exactness() == Exactness.LEASED) {
                check(limit, rules, problems);
            }
        }
    }

    private static void check(LimitRule limit, PolicyRules rules, Problems problems) {
        List<Allotment> counted = amounts(rules)
                .map(amounts -> amounts.get(limit.name()))
                .filter(Objects::nonNull)
                .filter(allotment -> allotment.amount() instanceof Amount.Metered)
                .toList();
        // A limit may well be leased on large plans, and counted exactly on small ones.
        if (counted.stream().noneMatch(LeaseLint::canBeLeased)) {
            counted.stream()
                    .distinct()
                    .forEach(allotment -> problems.warning(
                            Code.LEASED_IN_VAIN,
                            allotment.place(),
                            "limit " + limit.name() + ": " + allotment.words()
                                    + " are counted exactly, since that is too little to be leased (expected: at least"
                                    + " 512, and a window of at least 256ms or a burst that takes so long to refill)"));
        }
    }

    /** What may hold for anybody at any time, by limit. */
    private static Stream<Map<String, Allotment>> amounts(PolicyRules rules) {
        return Stream.of(
                        rules.plans().stream().map(PlanRule::allotments),
                        rules.overrides().stream().map(OverrideRule::set),
                        rules.schedules().stream().map(ScheduleRule::changes).flatMap(LeaseLint::ofAllPlans),
                        rules.rollouts().stream().map(RolloutRule::set).flatMap(LeaseLint::ofAllPlans))
                .flatMap(amounts -> amounts);
    }

    private static Stream<Map<String, Allotment>> ofAllPlans(Map<String, Map<String, Allotment>> byPlan) {
        return byPlan.values().stream();
    }

    private static boolean canBeLeased(Allotment allotment) {
        return allotment.amount() instanceof Amount.Metered metered && LeasingLimitStore.canLease(metered.quota());
    }
}
