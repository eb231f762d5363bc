package io.headgate.policy.match;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a caller is due: the amounts of a plan, as changed by schedules and by the exceptions in force for the caller. */
final class Standing {

    private final String plan;
    private final Allotment[] allotments;
    /** The amounts of the plan itself. */
    private final Allotment[] ofPlan;

    private final List<ScheduleRule> schedules;
    private final List<OverrideRule> exceptions;

    private Standing(
            String plan,
            Allotment[] allotments,
            Allotment[] ofPlan,
            List<ScheduleRule> schedules,
            List<OverrideRule> exceptions) {
        this.plan = plan;
        this.allotments = allotments;
        this.ofPlan = ofPlan;
        this.schedules = schedules;
        this.exceptions = exceptions;
    }

    /** The standing of everybody on {@code plan} for whom there is no exception. */
    static Standing of(PlanRule plan, Map<String, Integer> ordinals) {
        Allotment[] allotments = new Allotment[ordinals.size()];
        set(allotments, plan.allotments(), ordinals);
        return new Standing(plan.name(), allotments, allotments, List.of(), List.of());
    }

    /** This standing while {@code schedule} holds. */
    Standing during(ScheduleRule schedule, Map<String, Integer> ordinals) {
        Map<String, Allotment> changes = schedule.changes().getOrDefault(plan, Map.of());
        if (changes.isEmpty()) {
            return this;
        }
        Allotment[] changed = allotments.clone();
        set(changed, changes, ordinals);
        List<ScheduleRule> inForce =
                Stream.concat(schedules.stream(), Stream.of(schedule)).toList();
        return new Standing(plan, changed, ofPlan, inForce, exceptions);
    }

    /** This standing with {@code exceptions} applied, later ones over earlier ones. */
    Standing with(List<OverrideRule> exceptions, Map<String, Integer> ordinals) {
        Allotment[] changed = allotments.clone();
        for (OverrideRule exception : exceptions) {
            set(changed, exception.set(), ordinals);
        }
        return new Standing(plan, changed, ofPlan, schedules, exceptions);
    }

    private static void set(Allotment[] allotments, Map<String, Allotment> changes, Map<String, Integer> ordinals) {
        changes.forEach((limit, allotment) -> {
            Integer ordinal = ordinals.get(limit);
            if (ordinal == null) {
                throw new IllegalArgumentException("limit: " + limit + " (expected: a declared limit)");
            }
            allotments[ordinal] = allotment;
        });
    }

    String plan() {
        return plan;
    }

    Allotment allotment(int ordinal) {
        return allotments[ordinal];
    }

    /** Whether neither a schedule nor an exception says something else than the plan. */
    boolean isOfThePlan(int ordinal) {
        return allotments[ordinal].equals(ofPlan[ordinal]);
    }

    /** The schedules that hold and change something on this plan. */
    List<ScheduleRule> schedules() {
        return schedules;
    }

    List<OverrideRule> exceptions() {
        return exceptions;
    }
}
