package io.headgate.policy.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one request has to fit, and whether its caller may send it at all.
 *
 * @param route name of the policy route that matched, {@code null} if none did (then there are no limits either)
 * @param plan name of the plan the caller is on
 * @param access whether the caller meets what the route requires
 * @param limits the limits in the order the route lists them; disabled ones are left out
 */
public record LimitPlan(@Nullable String route, String plan, Access access, List<PlannedLimit> limits) {
    public LimitPlan {
        limits = List.copyOf(limits);
    }

    /** A plan of limits that requires nothing of the caller. */
    public LimitPlan(@Nullable String route, String plan, List<PlannedLimit> limits) {
        this(route, plan, Access.GRANTED, limits);
    }
}
