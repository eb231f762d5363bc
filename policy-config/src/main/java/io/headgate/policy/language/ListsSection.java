package io.headgate.policy.language;

import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.ExemptRule;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.Target;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code lists}: who is turned away, and whom do limits never refuse? */
final class ListsSection {

    private static final String EVERY_LIMIT = "";

    private final DeclaredLimits limits;
    private final ZoneId zone;
    private final Instant now;
    private final Shapes shapes;

    /**
     * @param zone zone of the dates
     * @param now entries that have ended by then are warned about
     */
    ListsSection(DeclaredLimits limits, ZoneId zone, Instant now, Shapes shapes) {
        this.limits = limits;
        this.zone = zone;
        this.now = now;
        this.shapes = shapes;
    }

    /** {@code lists.block}. */
    List<BlockRule> blocked(List<Value> entries) {
        List<BlockRule> read = new ArrayList<>();
        Map<List<Object>, Place> known = new HashMap<>();
        for (Value entry : entries) {
            fields("block", entry).ifPresent(fields -> {
                Optional<Target> target = Targets.read("block", fields, shapes);
                Optional<String> reason = reason("block", fields);
                Optional<Instant> until = until(fields);
                fields.end();
                if (target.isPresent() && reason.isPresent()) {
                    remember(known, "block", target.get(), EVERY_LIMIT, fields.place());
                    warnIfEnded("block", target.get(), until, fields.place());
                    read.add(new BlockRule(target.get(), reason.get(), until, fields.place()));
                }
            });
        }
        return read;
    }

    /** {@code lists.exempt}. */
    List<ExemptRule> exempt(List<Value> entries) {
        List<ExemptRule> read = new ArrayList<>();
        Map<List<Object>, Place> known = new HashMap<>();
        for (Value entry : entries) {
            fields("exempt", entry).ifPresent(fields -> {
                Optional<Target> target = Targets.read("exempt", fields, shapes);
                Optional<Set<String>> covered = fields.get("limits").map(this::names);
                Optional<String> reason = reason("exempt", fields);
                Optional<Instant> until = until(fields);
                fields.end();
                if (target.isPresent() && reason.isPresent()) {
                    rejectUnknownBeforeAuth(target.get(), covered.orElse(Set.of()), fields.placeOf("limits"));
                    covered.orElse(Set.of(EVERY_LIMIT))
                            .forEach(limit -> remember(known, "exempt", target.get(), limit, fields.place()));
                    warnIfEnded("exempt", target.get(), until, fields.place());
                    read.add(new ExemptRule(target.get(), covered, reason.get(), until, fields.place()));
                }
            });
        }
        return read;
    }

    private Optional<Fields> fields(String what, Value entry) {
        return shapes.mapping(what, entry).map(mapping -> new Fields(shapes, what, mapping));
    }

    private Optional<String> reason(String what, Fields fields) {
        return fields.need("reason", "why " + what + ", such as a ticket")
                .flatMap(value -> shapes.text("reason", value))
                .map(Value.Scalar::text);
    }

    private Optional<Instant> until(Fields fields) {
        return fields.get("until")
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "until", value, text -> UntilText.parse(text, zone)));
    }

    private Set<String> names(Value value) {
        List<Value> items = shapes.oneOrMore("limits", value);
        if (items.isEmpty() && value instanceof Value.Sequence) {
            shapes.problems()
                    .error(
                            Code.BAD_VALUE,
                            value.place(),
                            "limits: none (expected: some limits, or no limits: for all of them)");
        }
        return Set.copyOf(shapes.distinct("limits", items, item -> limits.name("limits", item)));
    }

    private void rejectUnknownBeforeAuth(Target target, Set<String> covered, Place place) {
        if (target instanceof Target.Network) {
            return;
        }
        limits.all().stream()
                .filter(limit -> covered.contains(limit.name()) && limit.rule().stage() == Stage.BEFORE_AUTH)
                .forEach(limit -> shapes.problems()
                        .error(
                                Code.UNKNOWN_BEFORE_AUTH,
                                place,
                                "limits: limit " + limit.name() + " is judged before anyone knows the user or tenant"
                                        + " (expected: an exemption for an ip)"));
    }

    private void remember(Map<List<Object>, Place> known, String what, Target target, String limit, Place place) {
        Place earlier = known.putIfAbsent(List.of(target, limit), place);
        if (earlier != null) {
            shapes.problems()
                    .error(
                            Code.DUPLICATE,
                            place,
                            what + ": " + target + (limit.equals(EVERY_LIMIT) ? "" : " for " + limit)
                                    + " stands twice; first at " + earlier);
        }
    }

    private void warnIfEnded(String what, Target target, Optional<Instant> until, Place place) {
        until.filter(end -> !now.isBefore(end))
                .ifPresent(end -> shapes.problems()
                        .warning(Code.LIST_ENTRY_ENDED, place, what + " " + target + ": ended at " + end));
    }
}
