package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.Target;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code overrides}: for whom is it different? */
final class OverridesSection {

    private final DeclaredLimits limits;
    private final Collection<String> plans;
    private final ZoneId zone;
    private final Shapes shapes;

    private OverridesSection(DeclaredLimits limits, Collection<String> plans, ZoneId zone, Shapes shapes) {
        this.limits = limits;
        this.plans = plans;
        this.zone = zone;
        this.shapes = shapes;
    }

    /**
     * @param plans names of the declared plans
     * @param zone zone of the dates
     * @param now overrides that have ended by then are warned about
     */
    static List<OverrideRule> read(
            List<Value> overrides,
            DeclaredLimits limits,
            Collection<String> plans,
            ZoneId zone,
            Instant now,
            Shapes shapes) {
        OverridesSection section = new OverridesSection(limits, plans, zone, shapes);
        List<OverrideRule> read = new ArrayList<>();
        for (Value override : overrides) {
            shapes.mapping("override", override).flatMap(section::override).ifPresent(read::add);
        }
        section.rejectContradictions(read);
        for (OverrideRule override : read) {
            if (!now.isBefore(override.until())) {
                shapes.problems()
                        .warning(
                                Code.OVERRIDE_ENDED,
                                override.place(),
                                "override for " + override.target() + ": ended at " + override.until());
            }
        }
        return read;
    }

    private Optional<OverrideRule> override(Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "override", mapping);
        Optional<Target> target = fields.need("for", "a user, tenant or ip").flatMap(this::target);
        Optional<String> plan = fields.get("plan").flatMap(value -> shapes.known("plan", value, plans));
        Map<String, Allotment> set = fields.get("set")
                .flatMap(value -> shapes.mapping("set", value))
                .map(this::amounts)
                .orElse(Map.of());
        if (!fields.has("plan") && !fields.has("set")) {
            shapes.problems()
                    .error(
                            Code.MISSING_KEY,
                            fields.place(),
                            "override: no plan and no set (expected: what is different)");
        }
        target.ifPresent(whom -> rejectUnknownBeforeAuth(whom, set));
        Optional<String> reason = fields.need("reason", "why it exists, such as a ticket")
                .flatMap(value -> shapes.text("reason", value))
                .map(Value.Scalar::text);
        Optional<Instant> until = fields.need("until", "when it ends, such as 2030-12-31")
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "until", value, text -> UntilText.parse(text, zone)));
        fields.end();
        return target.flatMap(whom ->
                reason.flatMap(why -> until.map(end -> new OverrideRule(whom, plan, set, why, end, mapping.place()))));
    }

    private Map<String, Allotment> amounts(Value.Mapping set) {
        Map<String, Allotment> amounts = new HashMap<>();
        for (Value.Entry entry : set.entries()) {
            limits.amount("override", entry)
                    .ifPresent(amount -> amounts.put(entry.key().text(), amount));
        }
        return amounts;
    }

    private Optional<Target> target(Value value) {
        return shapes.mapping("for", value).flatMap(mapping -> {
            Fields fields = new Fields(shapes, "for", mapping);
            Optional<Target> target = Targets.read("for", fields, shapes);
            fields.end();
            return target;
        });
    }

    private void rejectUnknownBeforeAuth(Target target, Map<String, Allotment> set) {
        if (target instanceof Target.Network) {
            return;
        }
        set.forEach((name, amount) -> {
            Optional<DeclaredLimit> limit = limits.get(name);
            if (limit.isPresent() && limit.get().rule().stage() == Stage.BEFORE_AUTH) {
                shapes.problems()
                        .error(
                                Code.UNKNOWN_BEFORE_AUTH,
                                amount.place(),
                                "set: limit " + name + " is judged before anyone knows the user or tenant"
                                        + " (expected: an override for an ip)");
            }
        });
    }

    /** Two overrides for one target may not both decide on the same thing. */
    private void rejectContradictions(List<OverrideRule> overrides) {
        Map<List<Object>, Place> decided = new HashMap<>();
        for (OverrideRule override : overrides) {
            override.plan().ifPresent(plan -> decide(decided, override, "the plan of ", override.place()));
            override.set().forEach((limit, amount) -> decide(decided, override, limit + " for ", amount.place()));
        }
    }

    private void decide(Map<List<Object>, Place> decided, OverrideRule override, String what, Place place) {
        Place earlier = decided.putIfAbsent(List.of(override.target(), what), place);
        if (earlier != null) {
            shapes.problems()
                    .error(
                            Code.DUPLICATE,
                            place,
                            "override: decides " + what + override.target() + " a second time; first at " + earlier);
        }
    }
}
