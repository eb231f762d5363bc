package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code plans}: how much, per plan? */
final class PlansSection {

    private final DeclaredLimits limits;
    private final Shapes shapes;
    private final Map<String, DeclaredPlan> plans = new LinkedHashMap<>();

    /**
     * A plan as it stands in the file.
     *
     * @param parent the plan it extends
     * @param stated limits it says something about, readable or not
     * @param amounts what it says about them
     */
    private record DeclaredPlan(
            Place place, Optional<String> parent, Set<String> stated, Map<String, Allotment> amounts) {

        DeclaredPlan withoutParent() {
            return new DeclaredPlan(place, Optional.empty(), stated, amounts);
        }
    }

    private PlansSection(DeclaredLimits limits, Shapes shapes) {
        this.limits = limits;
        this.shapes = shapes;
    }

    /**
     * The plans with everything they inherit, in the order of declaration; one plan without amounts of its own if none
     * is declared.
     *
     * @param used names of the limits that routes use, each of which needs an amount on every plan
     */
    static List<PlanRule> read(
            List<PolicyDocument.Named> plans, DeclaredLimits limits, Set<String> used, Shapes shapes) {
        PlansSection section = new PlansSection(limits, shapes);
        List<String> names = plans.stream().map(PolicyDocument.Named::name).toList();
        for (PolicyDocument.Named plan : plans) {
            if (shapes.isName("plan", plan.key())) {
                shapes.mapping("plan " + plan.name(), plan.value())
                        .ifPresent(mapping -> section.plans.put(plan.name(), section.declared(plan, mapping, names)));
            }
        }
        if (plans.isEmpty()) {
            section.rejectPricesWithoutPlans(used);
            return List.of(new PlanRule(IdentitySection.ONLY_PLAN, section.sameForEveryPlan()));
        }
        section.breakCycles();
        List<PlanRule> rules = new ArrayList<>();
        section.plans.forEach((name, plan) -> rules.add(section.rule(name, plan, used)));
        return rules;
    }

    private void rejectPricesWithoutPlans(Set<String> used) {
        for (DeclaredLimit limit : limits.all()) {
            if (limit.needsPlanAmount() && used.contains(limit.name())) {
                shapes.problems()
                        .error(
                                Code.MISSING_AMOUNT,
                                limit.rule().place(),
                                "limit " + limit.name() + ": takes its amount from the plans, but there are none");
            }
        }
    }

    private Map<String, Allotment> sameForEveryPlan() {
        Map<String, Allotment> amounts = new HashMap<>();
        limits.all().forEach(limit -> limit.amount().ifPresent(amount -> amounts.put(limit.name(), amount)));
        return amounts;
    }

    private DeclaredPlan declared(PolicyDocument.Named plan, Value.Mapping mapping, List<String> names) {
        Optional<String> parent = Optional.empty();
        Set<String> stated = new HashSet<>();
        Map<String, Allotment> amounts = new LinkedHashMap<>();
        for (Value.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (key.equals("extends")) {
                parent = shapes.known("extends", entry.value(), names);
            } else {
                stated.add(key);
                limits.amount("plan " + plan.name(), entry, "extends").ifPresent(amount -> {
                    if (isPricedByPlan(plan, entry)) {
                        amounts.put(key, amount);
                    }
                });
            }
        }
        return new DeclaredPlan(plan.key().place(), parent, stated, amounts);
    }

    /** Whether plans may say something about the limit; reported if not. */
    private boolean isPricedByPlan(PolicyDocument.Named plan, Value.Entry entry) {
        Optional<DeclaredLimit> fixed = limits.get(entry.key().text()).filter(limit -> !limit.pricedByPlan());
        fixed.ifPresent(limit -> shapes.problems()
                .error(
                        Code.CONFLICT,
                        entry.key().place(),
                        "plan " + plan.name() + ": limit " + limit.name()
                                + " has the same amount for every plan, given at "
                                + limit.rule().place() + " (expected: type: there, or nothing here)"));
        return fixed.isEmpty();
    }

    private void breakCycles() {
        Set<String> reported = new HashSet<>();
        for (String name : List.copyOf(plans.keySet())) {
            List<String> line = new ArrayList<>(List.of(name));
            Optional<String> parent = parent(name);
            while (parent.isPresent() && !line.contains(parent.get())) {
                line.add(parent.get());
                parent = parent(parent.get());
            }
            if (parent.isPresent() && parent.get().equals(name)) {
                if (reported.addAll(line)) {
                    line.add(name);
                    shapes.problems()
                            .error(
                                    Code.PLAN_CYCLE,
                                    plan(name).place(),
                                    "plan " + name + ": extends itself: " + String.join(" extends ", line));
                }
            }
        }
        plans.replaceAll((name, plan) -> reported.contains(name) ? plan.withoutParent() : plan);
    }

    private Optional<String> parent(String name) {
        return Optional.ofNullable(plans.get(name)).flatMap(DeclaredPlan::parent);
    }

    private DeclaredPlan plan(String name) {
        return Optional.ofNullable(plans.get(name)).orElseThrow();
    }

    private PlanRule rule(String name, DeclaredPlan plan, Set<String> used) {
        Map<String, Allotment> amounts = sameForEveryPlan();
        Set<String> stated = new HashSet<>();
        inherit(plan, amounts, stated);
        for (DeclaredLimit limit : limits.all()) {
            if (limit.needsPlanAmount() && used.contains(limit.name()) && !stated.contains(limit.name())) {
                shapes.problems()
                        .error(
                                Code.MISSING_AMOUNT,
                                plan.place(),
                                "plan " + name + ": no amount for limit " + limit.name()
                                        + ", which a route uses (expected: an amount, unlimited, or 0 for never)");
            }
        }
        return new PlanRule(name, amounts);
    }

    private void inherit(DeclaredPlan plan, Map<String, Allotment> amounts, Set<String> stated) {
        plan.parent().map(plans::get).ifPresent(parent -> inherit(parent, amounts, stated));
        amounts.putAll(plan.amounts());
        stated.addAll(plan.stated());
    }
}
