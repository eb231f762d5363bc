package io.headgate.policy.language;

import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.Requirement;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.RoutesByPath;
import io.headgate.policy.match.SessionKey;
import io.headgate.policy.match.StaleRule;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.match.Treatment;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code routes}: which requests? */
final class RoutesSection {

    private static final int MOST_ROUTES = 5_000;

    private final DeclaredLimits limits;
    private final DefaultsSection defaults;
    private final Shapes shapes;
    private final RouteMatch match;
    private final RequireText requirements;

    private RoutesSection(DeclaredLimits limits, DefaultsSection defaults, Collection<String> plans, Shapes shapes) {
        this.limits = limits;
        this.defaults = defaults;
        this.shapes = shapes;
        this.match = new RouteMatch(shapes);
        this.requirements = new RequireText(plans, shapes);
    }

    /**
     * The routes in the order of declaration.
     *
     * @param plans the declared plans
     */
    static List<RouteRule> read(
            List<PolicyDocument.Named> routes,
            DeclaredLimits limits,
            DefaultsSection defaults,
            Collection<String> plans,
            Shapes shapes) {
        if (routes.size() > MOST_ROUTES) {
            shapes.problems()
                    .error(
                            Code.TOO_LARGE,
                            routes.get(MOST_ROUTES).key().place(),
                            "routes: " + routes.size() + " (expected: at most " + MOST_ROUTES + ")");
            return List.of();
        }
        RoutesSection section = new RoutesSection(limits, defaults, plans, shapes);
        List<RouteRule> read = new ArrayList<>();
        for (PolicyDocument.Named route : routes) {
            if (shapes.isName("route", route.key())) {
                shapes.mapping("route " + route.name(), route.value())
                        .flatMap(mapping -> section.route(route, mapping))
                        .ifPresent(read::add);
            }
        }
        section.rejectTies(read);
        section.rejectDiscord(read);
        return read;
    }

    private Optional<RouteRule> route(PolicyDocument.Named route, Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "route " + route.name(), mapping);
        Optional<RoutePattern> pattern =
                fields.need("match", "such as GET /api/feed/**").flatMap(match::pattern);
        Optional<Value> listed = fields.need("limits", "a list of limits, which may be empty");
        List<DeclaredLimit> limited = listed.map(this::limits).orElse(List.of());
        RouteCosts costs = new RouteCosts(route.name(), route.key().place(), shapes);
        fields.get("cost").ifPresent(value -> costs.read(value, limited));
        Optional<DeclaredMode> mode =
                fields.get("mode").flatMap(value -> shapes.choice("mode", value, DeclaredMode.class));
        Optional<OnStoreFailure> onStoreFailure = LimitsSection.onStoreFailure(fields, shapes);
        Optional<Integer> denyWith = LimitsSection.denyWith(fields, shapes);
        Optional<SessionKey> session = fields.get("session")
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "session", value, SessionText::parse));
        if (fields.has("session")
                && limited.stream().noneMatch(limit -> limit.rule().unit() == TokenUnit.SLOTS)) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("session"),
                            "session: none of the route's limits has slots to hold (expected: a concurrent limit among"
                                    + " them)");
        }
        Requirement require = fields.get("require").map(requirements::read).orElse(Requirement.NONE);
        List<LimitUse> uses = new ArrayList<>();
        for (DeclaredLimit limit : limited) {
            LimitRule rule = limit.rule();
            Treatment treatment = new Treatment(
                    DeclaredMode.combined(limit.mode(), mode, defaults.mode()).atWork(),
                    onStoreFailure.orElse(rule.treatment().onStoreFailure()),
                    denyWith.orElse(rule.treatment().denyStatus()));
            costs.of(rule).ifPresent(cost -> uses.add(new LimitUse(rule, treatment, cost)));
        }
        Set<String> unreserved = uses.stream()
                .filter(use -> use.cost() instanceof Cost.Unreserved)
                .map(use -> use.limit().name())
                .collect(Collectors.toSet());
        Protocol protocol = new RouteProtocol(fields, shapes).read(pattern, unreserved);
        StaleRule stale = new StaleText(fields, shapes).read(pattern, protocol);
        fields.end();
        return pattern.map(one -> new RouteRule(
                route.name(),
                one,
                uses,
                require,
                session,
                protocol,
                stale,
                route.key().place()));
    }

    private List<DeclaredLimit> limits(Value value) {
        List<String> names =
                shapes.distinct("limits", shapes.list("limits", value), item -> limits.name("limits", item));
        if (names.size() > LimitStore.MAX_CHARGES) {
            shapes.problems()
                    .error(
                            Code.TOO_LARGE,
                            value.place(),
                            "limits: " + names.size() + " on one route (expected: at most " + LimitStore.MAX_CHARGES
                                    + ")");
        }
        return names.stream().flatMap(name -> limits.get(name).stream()).toList();
    }

    private void rejectTies(List<RouteRule> routes) {
        RoutesByPath before = new RoutesByPath();
        for (RouteRule later : routes) {
            before.meeting(later.pattern()).stream()
                    .filter(earlier -> later.pattern().ties(earlier.pattern()))
                    .sorted(Comparator.comparingInt(routes::indexOf))
                    .forEach(earlier -> shapes.problems()
                            .error(
                                    Code.AMBIGUOUS_ROUTE,
                                    later.place(),
                                    "route " + later.name() + " (" + later.pattern() + ") and route "
                                            + earlier.name() + " (" + earlier.pattern() + ") at " + earlier.place()
                                            + " take the same requests, and neither is more specific"));
            before.add(later);
        }
    }

    /** A session is let in on one route and goes on on another: what ends it, or lets it in, has to be the same on both. */
    private void rejectDiscord(List<RouteRule> routes) {
        Map<String, RouteRule> first = new HashMap<>();
        for (RouteRule route : routes) {
            if (route.session().isEmpty()) {
                continue;
            }
            for (LimitUse use : route.limits()) {
                if (use.limit().unit() != TokenUnit.SLOTS) {
                    continue;
                }
                RouteRule earlier = first.putIfAbsent(use.limit().name(), route);
                if (earlier != null && !terms(earlier).equals(terms(route))) {
                    shapes.problems()
                            .error(
                                    Code.CONFLICT,
                                    route.place(),
                                    "route " + route.name() + " (" + terms(route) + ") and route " + earlier.name()
                                            + " ("
                                            + terms(earlier) + ") at " + earlier.place() + " share the sessions of "
                                            + use.limit().name()
                                            + " (expected: protocol: hls with the same when-full and renditions on both)");
                    break;
                }
            }
        }
    }

    private static String terms(RouteRule route) {
        Protocol.Hls hls = route.protocol() instanceof Protocol.Hls spoken
                ? spoken
                : new Protocol.Hls(Protocol.WhenFull.REFUSE, 1);
        String words = "when-full: " + Shapes.word(hls.whenFull());
        return hls.whenFull() == Protocol.WhenFull.DROP ? words + ", renditions: " + hls.renditions() : words;
    }
}
