package io.headgate.policy.match;

import java.util.List;
import java.util.Map;

/** What a caller is due: the amounts of a plan, as changed by the exceptions in force for the caller. */
final class Standing {

    private final String plan;
    private final Allotment[] allotments;
    private final List<OverrideRule> exceptions;

    private Standing(String plan, Allotment[] allotments, List<OverrideRule> exceptions) {
        this.plan = plan;
        this.allotments = allotments;
        this.exceptions = exceptions;
    }

    /** The standing of everybody on {@code plan} for whom there is no exception. */
    static Standing of(PlanRule plan, Map<String, Integer> ordinals) {
        Allotment[] allotments = new Allotment[ordinals.size()];
        plan.allotments().forEach((limit, allotment) -> allotments[ordinalOf(limit, ordinals)] = allotment);
        return new Standing(plan.name(), allotments, List.of());
    }

    /** This standing with {@code exceptions} applied, later ones over earlier ones. */
    Standing with(List<OverrideRule> exceptions, Map<String, Integer> ordinals) {
        Allotment[] changed = allotments.clone();
        for (OverrideRule exception : exceptions) {
            exception.set().forEach((limit, allotment) -> changed[ordinalOf(limit, ordinals)] = allotment);
        }
        return new Standing(plan, changed, exceptions);
    }

    private static int ordinalOf(String limit, Map<String, Integer> ordinals) {
        Integer ordinal = ordinals.get(limit);
        if (ordinal == null) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: a declared limit)");
        }
        return ordinal;
    }

    String plan() {
        return plan;
    }

    Allotment allotment(int ordinal) {
        return allotments[ordinal];
    }

    List<OverrideRule> exceptions() {
        return exceptions;
    }
}
