package io.headgate.policy.lint;

import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.diff.Strictness;
import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problems;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Windows that never fill up, since a rate beside them, on all of their routes, lets too little through. */
final class LimitLint {

    private LimitLint() {}

    static void check(PolicyRules rules, Problems problems) {
        Map<LimitRule, List<RouteRule>> routes = new HashMap<>();
        for (RouteRule route : rules.routes()) {
            route.limits()
                    .forEach(use -> routes.computeIfAbsent(use.limit(), any -> new ArrayList<>())
                            .add(route));
        }
        for (LimitRule window : rules.limits()) {
            List<RouteRule> counting = routes.getOrDefault(window, List.of());
            // What is beside the window on all of its routes is beside it on the first.
            for (LimitUse use :
                    counting.isEmpty() ? List.<LimitUse>of() : counting.get(0).limits()) {
                LimitRule rate = use.limit();
                if (!rate.equals(window)
                        && rate.per().equals(window.per())
                        && rate.unit() == window.unit()
                        && counting.stream().allMatch(route -> guards(rate, window, route))
                        && !hasException(window, rate, rules)) {
                    check(window, rate, rules, problems);
                }
            }
        }
    }

    /** Whether each request of a route that {@code window} counts is counted, at the same cost, and enforced by {@code rate}. */
    private static boolean guards(LimitRule rate, LimitRule window, RouteRule route) {
        Optional<Cost> cost = use(route, window).map(LimitUse::cost);
        return use(route, rate)
                .filter(use -> Optional.of(use.cost()).equals(cost))
                .filter(use -> use.treatment().mode().equals(Optional.of(Mode.ENFORCE)))
                .isPresent();
    }

    private static Optional<LimitUse> use(RouteRule route, LimitRule limit) {
        return route.limits().stream().filter(use -> use.limit().equals(limit)).findFirst();
    }

    private static boolean hasException(LimitRule window, LimitRule rate, PolicyRules rules) {
        return rules.overrides().stream()
                .anyMatch(override -> override.set().containsKey(window.name())
                        || override.set().containsKey(rate.name()));
    }

    private static void check(LimitRule window, LimitRule rate, PolicyRules rules, Problems problems) {
        // One amount may stand for several plans; then it has to be idle on all of them.
        Map<Allotment, List<Optional<BigInteger>>> most = new LinkedHashMap<>();
        for (PlanRule plan : rules.plans()) {
            Allotment counted = plan.allotments().get(window.name());
            Allotment guard = plan.allotments().get(rate.name());
            if (counted != null && guard != null) {
                most.computeIfAbsent(counted, any -> new ArrayList<>()).add(mostThatComes(counted, guard));
            }
        }
        most.forEach((counted, each) -> {
            if (each.stream().allMatch(Optional::isPresent)) {
                problems.warning(
                        Code.LIMIT_NEVER_BITES,
                        counted.place(),
                        "limit " + window.name() + ": " + counted.words() + " are never reached, since limit "
                                + rate.name() + " lets no more than "
                                + each.stream()
                                        .flatMap(Optional::stream)
                                        .max(BigInteger::compareTo)
                                        .orElseThrow()
                                + " through");
            }
        });
    }

    /** What the rate lets through in one window, if that fits the window. */
    private static Optional<BigInteger> mostThatComes(Allotment counted, Allotment guard) {
        if (counted.amount() instanceof Amount.Metered metered
                && metered.quota() instanceof SlidingWindow window
                && guard.amount() instanceof Amount.Metered rate
                && rate.quota() instanceof TokenBucket bucket) {
            return Optional.of(Strictness.mostWithin(bucket, window.window()))
                    .filter(most -> most.compareTo(BigInteger.valueOf(window.limit())) <= 0);
        }
        return Optional.empty();
    }
}
