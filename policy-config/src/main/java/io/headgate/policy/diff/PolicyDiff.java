package io.headgate.policy.diff;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PolicyRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What changes from one policy to another.
 *
 * @param amounts amounts that change, by plan and limit
 * @param differences everything else that changes
 * @param counters what becomes of the counters of limits that are concerned
 */
public record PolicyDiff(List<AmountChange> amounts, List<Difference> differences, List<CounterFate> counters) {
    public PolicyDiff {
        amounts = List.copyOf(amounts);
        differences = List.copyOf(differences);
        counters = List.copyOf(counters);
    }

    /** Compares two policies by what they mean: comments, order and the spelling of amounts do not count. */
    public static PolicyDiff of(PolicyRules before, PolicyRules after) {
        List<AmountChange> amounts = amounts(before, after);
        return new PolicyDiff(amounts, differences(before, after), Counters.of(before, after, amounts));
    }

    /** Whether both say the same. */
    public boolean isEmpty() {
        return amounts.isEmpty() && differences.isEmpty();
    }

    /** The differences in a few words: {@code 3 differences: 1 tighter, 2 other}. */
    public String summary() {
        if (isEmpty()) {
            return "no difference";
        }
        List<String> parts = new ArrayList<>();
        for (Strictness strictness : List.of(Strictness.TIGHTER, Strictness.LOOSER, Strictness.MIXED)) {
            long count = amounts().stream()
                    .filter(change -> change.strictness() == strictness)
                    .count();
            if (count > 0) {
                parts.add(count + " " + strictness.name().toLowerCase(Locale.ROOT));
            }
        }
        if (!differences().isEmpty()) {
            parts.add(differences().size() + " other");
        }
        int all = amounts().size() + differences().size();
        return all + (all == 1 ? " difference: " : " differences: ") + String.join(", ", parts);
    }

    private static List<AmountChange> amounts(PolicyRules before, PolicyRules after) {
        List<AmountChange> changes = new ArrayList<>();
        for (PlanRule plan : after.plans()) {
            plan(before, plan.name())
                    .ifPresent(old -> plan.allotments().forEach((limit, allotment) -> {
                        Allotment was = old.allotments().get(limit);
                        if (was != null && !was.amount().equals(allotment.amount())) {
                            Strictness strictness = Strictness.of(was.amount(), allotment.amount());
                            changes.add(new AmountChange(plan.name(), limit, was, allotment, strictness));
                        }
                    }));
        }
        List<String> order = after.limits().stream().map(limit -> limit.name()).toList();
        changes.sort((one, other) -> Integer.compare(order.indexOf(one.limit()), order.indexOf(other.limit())));
        return joined(changes, after.plans().size());
    }

    private static Optional<PlanRule> plan(PolicyRules rules, String name) {
        return rules.plans().stream().filter(plan -> plan.name().equals(name)).findFirst();
    }

    /** What stands in one place and holds for every plan is one change. */
    private static List<AmountChange> joined(List<AmountChange> changes, int plans) {
        Map<Object, List<AmountChange>> byPlace = new LinkedHashMap<>();
        for (AmountChange change : changes) {
            byPlace.computeIfAbsent(
                            List.of(
                                    change.limit(),
                                    change.before(),
                                    change.after().place()),
                            any -> new ArrayList<>())
                    .add(change);
        }
        List<AmountChange> joined = new ArrayList<>();
        byPlace.values().forEach(same -> {
            AmountChange first = same.get(0);
            if (same.size() == plans && plans > 1) {
                joined.add(new AmountChange("", first.limit(), first.before(), first.after(), first.strictness()));
            } else {
                joined.addAll(same);
            }
        });
        return joined;
    }

    private static List<Difference> differences(PolicyRules before, PolicyRules after) {
        Map<String, Map<String, Map<String, String>>> old = Statements.of(before);
        Map<String, Map<String, Map<String, String>>> now = Statements.of(after);
        List<Difference> differences = plans(before, after);
        now.forEach((section, things) -> {
            Map<String, Map<String, String>> were = old.getOrDefault(section, Map.of());
            for (String thing : union(were.keySet(), things.keySet())) {
                compare(section, thing, were.get(thing), things.get(thing), differences);
            }
        });
        return differences;
    }

    /** Plans that come or go, with all that they allow; what others allow differently are changes of amounts. */
    private static List<Difference> plans(PolicyRules before, PolicyRules after) {
        List<Difference> differences = new ArrayList<>();
        for (PlanRule plan : before.plans()) {
            if (plan(after, plan.name()).isEmpty()) {
                differences.add(
                        new Difference(Difference.Kind.REMOVED, "plans", plan.name(), "", inWords(amounts(plan)), ""));
            }
        }
        for (PlanRule plan : after.plans()) {
            if (plan(before, plan.name()).isEmpty()) {
                differences.add(
                        new Difference(Difference.Kind.ADDED, "plans", plan.name(), "", "", inWords(amounts(plan))));
            }
        }
        return differences;
    }

    private static Map<String, String> amounts(PlanRule plan) {
        Map<String, String> amounts = new TreeMap<>();
        plan.allotments().forEach((limit, allotment) -> amounts.put(limit, allotment.words()));
        return amounts;
    }

    private static void compare(
            String section,
            String thing,
            @Nullable Map<String, String> was,
            @Nullable Map<String, String> is,
            List<Difference> differences) {
        if (was == null || is == null) {
            Difference.Kind kind = was == null ? Difference.Kind.ADDED : Difference.Kind.REMOVED;
            differences.add(new Difference(kind, section, thing, "", inWords(was), inWords(is)));
            return;
        }
        for (String key : union(was.keySet(), is.keySet())) {
            String before = was.getOrDefault(key, "");
            String after = is.getOrDefault(key, "");
            if (!before.equals(after)) {
                differences.add(new Difference(Difference.Kind.CHANGED, section, thing, key, before, after));
            }
        }
    }

    private static String inWords(@Nullable Map<String, String> said) {
        List<String> words = new ArrayList<>();
        if (said != null) {
            said.forEach((key, text) -> words.add(key + " " + text));
        }
        return String.join("; ", words);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new LinkedHashSet<>(one);
        union.addAll(other);
        return union;
    }
}
