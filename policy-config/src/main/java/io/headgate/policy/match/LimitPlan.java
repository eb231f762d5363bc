package io.headgate.policy.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one request has to fit.
 *
 * @param route name of the policy route that matched, {@code null} if none did (then there are no limits either)
 * @param plan name of the plan the caller is on
 * @param limits the limits in the order the route lists them; disabled ones are left out
 * @param protocol what the request is part of
 */
public record LimitPlan(@Nullable String route, String plan, List<PlannedLimit> limits, Protocol protocol) {
    public LimitPlan {
        limits = List.copyOf(limits);
    }

    /** Limits of a request that stands for itself. */
    public LimitPlan(@Nullable String route, String plan, List<PlannedLimit> limits) {
        this(route, plan, limits, Protocol.PLAIN);
    }

    /** The same with only some of its limits. */
    public LimitPlan with(List<PlannedLimit> some) {
        return new LimitPlan(route, plan, some, protocol);
    }
}
