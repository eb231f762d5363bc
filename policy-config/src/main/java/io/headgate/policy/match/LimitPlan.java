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
 * @param protocol what the request is part of
 * @param stale how long after its time an answer to the request may be given
 */
public record LimitPlan(
        @Nullable String route,
        String plan,
        Access access,
        List<PlannedLimit> limits,
        Protocol protocol,
        StaleRule stale) {
    public LimitPlan {
        limits = List.copyOf(limits);
    }

    /** Limits of a request that stands for itself, and requires nothing of its caller. */
    public LimitPlan(@Nullable String route, String plan, List<PlannedLimit> limits) {
        this(route, plan, Access.GRANTED, limits, Protocol.PLAIN, StaleRule.NONE);
    }

    /** The limits that a body is held against while it is read, and not the request before it. */
    public List<PlannedLimit> inFlight() {
        return protocol instanceof Protocol.Tus tus && tus.whenShort() == Protocol.WhenShort.PACE
                ? limits.stream()
                        .filter(limit -> tus.unreserved().contains(limit.name())
                                && limit.allowance() instanceof PlannedLimit.Allowance.Metered)
                        .toList()
                : List.of();
    }

    /** The limits that the request is held against before anything of its body is read. */
    public List<PlannedLimit> beforehand() {
        List<PlannedLimit> inFlight = inFlight();
        return inFlight.isEmpty()
                ? limits
                : limits.stream().filter(limit -> !inFlight.contains(limit)).toList();
    }

    /** The same with only some of its limits. */
    public LimitPlan with(List<PlannedLimit> some) {
        return new LimitPlan(route, plan, access, some, protocol, stale);
    }
}
