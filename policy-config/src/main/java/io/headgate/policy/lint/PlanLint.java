package io.headgate.policy.lint;

import io.headgate.policy.diff.Strictness;
import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.Value;
import java.util.Optional;

/** Plans that people pay for and that allow less. */
final class PlanLint {

    private PlanLint() {}

    static void check(PolicyRules rules, Declarations declared, Problems problems) {
        for (PlanRule plan : rules.plans()) {
            declared.find("plans", plan.name(), "extends")
                    .filter(Value.Scalar.class::isInstance)
                    .map(value -> ((Value.Scalar) value).text())
                    .flatMap(name -> plan(name, rules))
                    .ifPresent(parent -> compare(plan, parent, problems));
        }
    }

    private static Optional<PlanRule> plan(String name, PolicyRules rules) {
        return rules.plans().stream().filter(plan -> plan.name().equals(name)).findFirst();
    }

    private static void compare(PlanRule plan, PlanRule parent, Problems problems) {
        plan.allotments().forEach((limit, own) -> {
            Allotment inherited = parent.allotments().get(limit);
            if (inherited != null && Strictness.of(inherited.amount(), own.amount()) == Strictness.TIGHTER) {
                problems.warning(
                        Code.PLAN_TIGHTER_THAN_PARENT,
                        own.place(),
                        "plan " + plan.name() + ": limit " + limit + " allows " + own.words() + ", less than plan "
                                + parent.name() + ", which it extends (" + inherited.words() + ")");
            }
        });
    }
}
