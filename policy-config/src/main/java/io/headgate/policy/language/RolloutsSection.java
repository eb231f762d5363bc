package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.StopCondition;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code rollouts}: what is tried before it holds for everybody? */
final class RolloutsSection {

    private final DeclaredLimits limits;
    private final Collection<String> plans;
    private final List<RouteRule> routes;
    private final Shapes shapes;

    /** @param plans names of the declared plans */
    RolloutsSection(DeclaredLimits limits, Collection<String> plans, List<RouteRule> routes, Shapes shapes) {
        this.limits = limits;
        this.plans = plans;
        this.routes = routes;
        this.shapes = shapes;
    }

    List<RolloutRule> read(List<Value> rollouts) {
        List<RolloutRule> read = new ArrayList<>();
        for (Value rollout : rollouts) {
            shapes.mapping("rollout", rollout).flatMap(this::rollout).ifPresent(read::add);
        }
        rejectContention(read);
        return read;
    }

    private Optional<RolloutRule> rollout(Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "rollout", mapping);
        Optional<String> name = fields.needName();
        Map<String, Map<String, Allotment>> set = new LinkedHashMap<>();
        fields.get("set")
                .flatMap(value -> shapes.mapping("set", value))
                .ifPresent(byPlan -> byPlan.entries().forEach(entry -> set(entry, set)));
        Optional<RouteRule> route = fields.get("route").flatMap(this::route);
        Map<String, Cost> cost = new HashMap<>();
        fields.get("cost").ifPresent(value -> route.ifPresent(one -> cost.putAll(cost(one, value))));
        rejectUnclear(fields);
        Optional<PlannedLimit.Mode> mode = fields.need("mode", "enforce or shadow")
                .flatMap(value -> shapes.oneOf("mode", value, List.of("enforce", "shadow")))
                .map(word -> word.equals("enforce") ? PlannedLimit.Mode.ENFORCE : PlannedLimit.Mode.SHADOW);
        Optional<Long> percent = fields.need("percent", "how many callers take part, 1 to 100")
                .flatMap(value -> shapes.wholeNumber("percent", value, 1, 100));
        Optional<StopCondition> stopIf = fields.get("stop-if")
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "stop-if", value, StopText::parse));
        fields.end();
        return name.flatMap(text -> mode.flatMap(how -> percent.map(share -> new RolloutRule(
                text, set, route.map(RouteRule::name), cost, how, share.intValue(), stopIf, mapping.place()))));
    }

    private void rejectUnclear(Fields fields) {
        boolean costs = fields.has("route") || fields.has("cost");
        if (costs == fields.has("set")) {
            shapes.problems()
                    .error(
                            costs ? Code.CONFLICT : Code.MISSING_KEY,
                            fields.place(),
                            "rollout: " + (costs ? "set beside route and cost" : "nothing to try")
                                    + " (expected: set, or route and cost)");
        } else if (costs && !(fields.has("route") && fields.has("cost"))) {
            String missing = fields.has("route") ? "cost" : "route";
            shapes.problems()
                    .error(
                            Code.MISSING_KEY,
                            fields.place(),
                            "rollout: no " + missing + " (expected: route and cost together)");
        }
    }

    private Optional<RouteRule> route(Value value) {
        return shapes.known("route", value, routes.stream().map(RouteRule::name).toList())
                .flatMap(name -> routes.stream()
                        .filter(route -> route.name().equals(name))
                        .findFirst());
    }

    private Map<String, Cost> cost(RouteRule route, Value value) {
        List<DeclaredLimit> listed = route.limits().stream()
                .flatMap(use -> limits.get(use.limit().name()).stream())
                .toList();
        RouteCosts costs = new RouteCosts(route.name(), value.place(), shapes);
        costs.read(value, listed);
        return costs.stated(listed);
    }

    private void set(Value.Entry ofPlan, Map<String, Map<String, Allotment>> set) {
        Optional<String> plan = shapes.known("set", ofPlan.key(), plans);
        shapes.mapping("set", ofPlan.value()).ifPresent(amounts -> {
            for (Value.Entry entry : amounts.entries()) {
                rejectUnknownBeforeAuth(entry.key());
                Optional<Allotment> amount = limits.amount("set", entry);
                plan.ifPresent(name -> amount.ifPresent(one -> set.computeIfAbsent(name, any -> new HashMap<>())
                        .put(entry.key().text(), one)));
            }
        });
    }

    private void rejectUnknownBeforeAuth(Value.Scalar limit) {
        limits.get(limit.text())
                .filter(declared -> declared.rule().stage() == Stage.BEFORE_AUTH)
                .ifPresent(declared -> shapes.problems()
                        .error(
                                Code.UNKNOWN_BEFORE_AUTH,
                                limit.place(),
                                "rollout: limit " + limit.text() + " is judged before anyone knows the plan"
                                        + " (expected: a limit after authentication)"));
    }

    /** What one rollout enforces on a limit must not depend on another. */
    private void rejectContention(List<RolloutRule> rollouts) {
        Map<String, Place> names = new HashMap<>();
        Map<String, RolloutRule> tried = new HashMap<>();
        for (RolloutRule rollout : rollouts) {
            Place first = names.putIfAbsent(rollout.name(), rollout.place());
            if (first != null) {
                shapes.problems()
                        .error(
                                Code.DUPLICATE,
                                rollout.place(),
                                "rollout " + rollout.name() + ": stands twice; first at " + first);
                continue;
            }
            if (rollout.mode() != PlannedLimit.Mode.ENFORCE) {
                continue;
            }
            List<String> concerned = new ArrayList<>(rollout.cost().keySet());
            rollout.set().values().forEach(amounts -> concerned.addAll(amounts.keySet()));
            concerned.stream().distinct().sorted().forEach(limit -> {
                RolloutRule other = tried.putIfAbsent(limit, rollout);
                if (other != null) {
                    shapes.problems()
                            .error(
                                    Code.CONFLICT,
                                    rollout.place(),
                                    "rollout " + rollout.name() + ": enforces something on limit " + limit
                                            + ", as rollout " + other.name() + " at " + other.place() + " does");
                }
            });
        }
    }
}
