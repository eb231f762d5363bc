package io.headgate.policy.match;

import java.util.List;
import java.util.Map;

/**
 * A checked policy: every name in it resolves, every plan has an amount for every limit in use, no two routes tie.
 *
 * @param metadata what it says about itself
 * @param defaults what holds everywhere
 * @param responses what refusals say
 * @param cors which pages of other origins may call
 * @param identity how callers are told apart
 * @param limits all limits, in the order of declaration
 * @param plans all plans, at least one
 * @param routes all routes
 * @param overrides all exceptions, ended ones included
 * @param schedules amounts that hold for some time, ended ones included
 * @param rollouts what is tried
 * @param blocked who is turned away, ended entries included
 * @param exempt who is never refused, ended entries included
 * @param breakers by backend
 * @param hash short digest of the text it was read from
 */
public record PolicyRules(
        Metadata metadata,
        Defaults defaults,
        Responses responses,
        CorsRules cors,
        IdentityRules identity,
        List<LimitRule> limits,
        List<PlanRule> plans,
        List<RouteRule> routes,
        List<OverrideRule> overrides,
        List<ScheduleRule> schedules,
        List<RolloutRule> rollouts,
        List<BlockRule> blocked,
        List<ExemptRule> exempt,
        Map<String, BreakerRule> breakers,
        String hash) {
    public PolicyRules {
        limits = List.copyOf(limits);
        plans = List.copyOf(plans);
        routes = List.copyOf(routes);
        overrides = List.copyOf(overrides);
        schedules = List.copyOf(schedules);
        rollouts = List.copyOf(rollouts);
        blocked = List.copyOf(blocked);
        exempt = List.copyOf(exempt);
        breakers = Map.copyOf(breakers);
    }
}
