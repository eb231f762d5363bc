package io.headgate.policy.match;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What callers on each plan are due at the moment. Worked out anew when a schedule begins or ends, and only then; without
 * schedules the clock is not read. Thread-safe.
 */
final class PlanStandings {

    /** What holds from one begin or end of a schedule to the next. */
    private record Period(Instant from, Instant until, Map<String, Standing> byPlan) {
        boolean covers(Instant time) {
            return !time.isBefore(from) && time.isBefore(until);
        }
    }

    private final Map<String, Standing> regular = new LinkedHashMap<>();
    /** Those that decide come last. */
    private final List<ScheduleRule> schedules = new ArrayList<>();

    private final Map<String, Integer> ordinals;
    private final InstantSource clock;
    private volatile Period period;

    /**
     * @param ordinals of the limits, by name
     * @throws IllegalArgumentException if a limit in the rules is not among them
     */
    PlanStandings(List<PlanRule> plans, List<ScheduleRule> rules, Map<String, Integer> ordinals, InstantSource clock) {
        this.ordinals = ordinals;
        this.clock = clock;
        plans.forEach(plan -> regular.put(plan.name(), Standing.of(plan, ordinals)));
        rules.stream()
                .filter(rule -> rule.window() instanceof ScheduleWindow.Daily)
                .forEach(schedules::add);
        rules.stream()
                .filter(rule -> rule.window() instanceof ScheduleWindow.Dated)
                .forEach(schedules::add);
        for (ScheduleRule schedule : schedules) {
            regular.values().forEach(standing -> standing.during(schedule, ordinals));
        }
        this.period = new Period(Instant.MIN, Instant.MIN, regular);
    }

    /** Names of the plans, in the order of declaration. */
    Set<String> names() {
        return Collections.unmodifiableSet(regular.keySet());
    }

    /** What everybody on the plan is due now, for whom there is no exception. */
    Map<String, Standing> now() {
        if (schedules.isEmpty()) {
            return regular;
        }
        Instant time = clock.instant();
        Period current = period;
        if (!current.covers(time)) {
            current = periodAt(time);
            period = current;
        }
        return current.byPlan;
    }

    private Period periodAt(Instant time) {
        Map<String, Standing> byPlan = new LinkedHashMap<>(regular);
        Instant until = Instant.MAX;
        for (ScheduleRule schedule : schedules) {
            Instant change = schedule.window().nextChange(time);
            until = change.isBefore(until) ? change : until;
            if (schedule.window().holdsAt(time)) {
                byPlan.replaceAll((plan, standing) -> standing.during(schedule, ordinals));
            }
        }
        return new Period(time, until, byPlan);
    }
}
