package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.ScheduleRule;
import io.headgate.policy.match.ScheduleWindow;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code schedules}: when is it different? */
final class SchedulesSection {

    private final DeclaredLimits limits;
    private final Collection<String> declaredPlans;
    private final List<PlanRule> plans;
    private final ZoneId zone;
    private final Shapes shapes;

    /**
     * @param declaredPlans names of the plans that the policy declares
     * @param plans what they amount to, or the one plan of a policy that declares none
     * @param zone zone of the times
     */
    SchedulesSection(
            DeclaredLimits limits, Collection<String> declaredPlans, List<PlanRule> plans, ZoneId zone, Shapes shapes) {
        this.limits = limits;
        this.declaredPlans = declaredPlans;
        this.plans = plans;
        this.zone = zone;
        this.shapes = shapes;
    }

    /** @param now schedules that have ended by then are warned about */
    List<ScheduleRule> read(List<Value> schedules, Instant now) {
        List<ScheduleRule> read = new ArrayList<>();
        for (Value schedule : schedules) {
            shapes.mapping("schedule", schedule).flatMap(this::schedule).ifPresent(read::add);
        }
        for (int i = 0; i < read.size(); i++) {
            for (ScheduleRule earlier : read.subList(0, i)) {
                rejectContradictions(earlier, read.get(i));
            }
        }
        for (ScheduleRule schedule : read) {
            if (schedule.window() instanceof ScheduleWindow.Dated dated && !now.isBefore(dated.to())) {
                shapes.problems()
                        .warning(
                                Code.SCHEDULE_ENDED,
                                schedule.place(),
                                "schedule " + schedule.name() + ": ended at " + dated.to());
            }
        }
        return read;
    }

    private Optional<ScheduleRule> schedule(Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "schedule", mapping);
        Optional<String> name = fields.needName();
        Optional<ScheduleWindow> window = fields.need("when", WhenText.EXPECTED)
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "when", value, text -> WhenText.parse(text, zone)));
        Map<String, Map<String, Allotment>> changes = new LinkedHashMap<>();
        Optional<List<String>> only = fields.get("plans").map(this::plans);
        fields.get("scale")
                .flatMap(value -> shapes.mapping("scale", value))
                .ifPresent(scale -> scale.entries().forEach(entry -> scale(entry, only, changes)));
        fields.get("set")
                .flatMap(value -> shapes.mapping("set", value))
                .ifPresent(set -> set.entries().forEach(entry -> set(entry, changes)));
        rejectUnclear(fields);
        fields.end();
        return name.flatMap(text -> window.map(span -> new ScheduleRule(text, span, changes, mapping.place())));
    }

    private static String text(Value value) {
        return value instanceof Value.Scalar scalar ? scalar.text() : "";
    }

    private List<String> plans(Value value) {
        return shapes.some("plans", value, item -> shapes.known("plans", item, declaredPlans));
    }

    private void rejectUnclear(Fields fields) {
        if (fields.has("scale") == fields.has("set")) {
            boolean both = fields.has("scale");
            shapes.problems()
                    .error(
                            both ? Code.CONFLICT : Code.MISSING_KEY,
                            fields.place(),
                            "schedule: " + (both ? "scale and set" : "no scale and no set")
                                    + " (expected: one of them)");
        } else if (fields.has("plans") && fields.has("set")) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("plans"),
                            "plans: beside set, which names its plans itself (expected: plans beside scale)");
        }
    }

    private void scale(Value.Entry entry, Optional<List<String>> only, Map<String, Map<String, Allotment>> changes) {
        Optional<String> limit = limits.name("scale", entry.key());
        Optional<Scale> scale = shapes.parsed(Code.BAD_NUMBER, entry.key().text(), entry.value(), Scale::parse);
        if (limit.isEmpty() || scale.isEmpty()) {
            return;
        }
        String name = limit.get();
        if (only.isPresent()) {
            rejectUnknownBeforeAuth(name, entry.key().place());
        }
        for (PlanRule plan : plans) {
            Allotment own = plan.allotments().get(name);
            if (own != null && only.map(names -> names.contains(plan.name())).orElse(true)) {
                scaled(plan.name(), name, own, scale.get(), entry.value())
                        .ifPresent(amount -> changes.computeIfAbsent(plan.name(), any -> new HashMap<>())
                                .put(name, amount));
            }
        }
    }

    private Optional<Allotment> scaled(String plan, String limit, Allotment own, Scale scale, Value factor) {
        try {
            return Optional.of(Allotment.of(scale.of(own.amount()), unitOf(limit), factor.place()));
        } catch (IllegalArgumentException e) {
            shapes.problems()
                    .error(
                            Code.BAD_NUMBER,
                            factor.place(),
                            limit + ": " + text(factor) + " of " + own.words() + " on plan " + plan
                                    + " (expected: not more than a limit can hold)");
            return Optional.empty();
        }
    }

    private TokenUnit unitOf(String limit) {
        return limits.get(limit).map(declared -> declared.rule().unit()).orElse(TokenUnit.REQUESTS);
    }

    private void set(Value.Entry ofPlan, Map<String, Map<String, Allotment>> changes) {
        Optional<String> plan = shapes.known("set", ofPlan.key(), declaredPlans);
        shapes.mapping("set", ofPlan.value()).ifPresent(amounts -> {
            for (Value.Entry entry : amounts.entries()) {
                String limit = entry.key().text();
                rejectUnknownBeforeAuth(limit, entry.key().place());
                Optional<Allotment> amount = limits.amount("set", entry);
                plan.ifPresent(name -> amount.ifPresent(one ->
                        changes.computeIfAbsent(name, any -> new HashMap<>()).put(limit, one)));
            }
        });
    }

    private void rejectUnknownBeforeAuth(String limit, Place place) {
        limits.get(limit)
                .filter(declared -> declared.rule().stage() == Stage.BEFORE_AUTH)
                .ifPresent(declared -> shapes.problems()
                        .error(
                                Code.UNKNOWN_BEFORE_AUTH,
                                place,
                                "schedule: limit " + limit + " is judged before anyone knows the plan"
                                        + " (expected: scale without plans)"));
    }

    private void rejectContradictions(ScheduleRule earlier, ScheduleRule later) {
        if (earlier.name().equals(later.name())) {
            shapes.problems()
                    .error(
                            Code.DUPLICATE,
                            later.place(),
                            "schedule " + later.name() + ": stands twice; first at " + earlier.place());
        } else if (later.window().contendsWith(earlier.window())) {
            later.changes()
                    .forEach((plan, amounts) -> amounts.forEach((limit, amount) -> {
                        Allotment other =
                                earlier.changes().getOrDefault(plan, Map.of()).get(limit);
                        if (other != null) {
                            shapes.problems()
                                    .error(
                                            Code.CONFLICT,
                                            amount.place(),
                                            "schedule " + later.name() + ": decides " + limit + " of plan " + plan
                                                    + " at the same time as schedule " + earlier.name() + " at "
                                                    + other.place());
                        }
                    }));
        }
    }
}
