package io.headgate.policy.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one request has to fit.
 *
 * @param route name of the policy route that matched, {@code null} if none did (then there are no limits either)
 * @param plan name of the plan the caller is on
 * @param limits the limits in the order the route lists them; disabled ones are left out
 */
public record LimitPlan(@Nullable String route, String plan, List<PlannedLimit> limits) {
    public LimitPlan {
        limits = List.copyOf(limits);
    }
}
