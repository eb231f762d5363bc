package io.headgate.policy.lint;

import io.headgate.policy.diff.Strictness;
import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.Value;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Plans that people pay for and that allow less. */
final class PlanLint {

    private final PolicyRules rules;
    private final Problems problems;
    /** A plan may be smaller than several others, and several plans may inherit what one of them says. */
    private final Set<Place> warned = new HashSet<>();

    private PlanLint(PolicyRules rules, Problems problems) {
        this.rules = rules;
        this.problems = problems;
    }

    static void check(PolicyRules rules, Declarations declared, Problems problems) {
        PlanLint lint = new PlanLint(rules, problems);
        for (PlanRule plan : rules.plans()) {
            declared.find("plans", plan.name(), "extends")
                    .filter(Value.Scalar.class::isInstance)
                    .map(value -> ((Value.Scalar) value).text())
                    .flatMap(lint::plan)
                    .ifPresent(parent -> lint.againstParent(plan, parent));
        }
        Stream.of(rules.identity().defaultPlan(), rules.identity().anonymousPlan())
                .flatMap(name -> lint.plan(name).stream())
                .forEach(lint::againstDefault);
    }

    private Optional<PlanRule> plan(String name) {
        return rules.plans().stream().filter(plan -> plan.name().equals(name)).findFirst();
    }

    private void againstParent(PlanRule plan, PlanRule parent) {
        differences(plan, parent).forEach((limit, difference) -> {
            if (difference == Strictness.TIGHTER) {
                warn(Code.PLAN_TIGHTER_THAN_PARENT, plan, limit, parent, ", which it extends");
            }
        });
    }

    /** What allows less of everything is a smaller plan, and meant to be. */
    private void againstDefault(PlanRule base) {
        for (PlanRule plan : rules.plans()) {
            Map<String, Strictness> differences = differences(plan, base);
            // Callers without a credential may have less than anyone, in whatever proportion.
            if (!plan.name().equals(rules.identity().anonymousPlan()) && differences.containsValue(Strictness.LOOSER)) {
                differences.forEach((limit, difference) -> {
                    if (difference == Strictness.TIGHTER) {
                        warn(
                                Code.PLAN_TIGHTER_THAN_DEFAULT,
                                plan,
                                limit,
                                base,
                                ", than which it allows more of other limits");
                    }
                });
            }
        }
    }

    private static Map<String, Strictness> differences(PlanRule plan, PlanRule base) {
        Map<String, Strictness> differences = new TreeMap<>();
        plan.allotments().forEach((limit, own) -> {
            Allotment other = base.allotments().get(limit);
            if (other != null) {
                differences.put(limit, Strictness.of(other.amount(), own.amount()));
            }
        });
        return differences;
    }

    private void warn(Code code, PlanRule plan, String limit, PlanRule base, String why) {
        Allotment own = Objects.requireNonNull(plan.allotments().get(limit));
        Allotment other = Objects.requireNonNull(base.allotments().get(limit));
        if (warned.add(own.place())) {
            problems.warning(
                    code,
                    own.place(),
                    "plan " + plan.name() + ": limit " + limit + " allows " + own.words() + ", less than plan "
                            + base.name() + why + " (" + other.words() + ")");
        }
    }
}
