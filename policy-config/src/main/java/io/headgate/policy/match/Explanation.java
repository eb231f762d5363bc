package io.headgate.policy.match;

import java.util.List;
import java.util.Optional;

/**
 * Why a request gets the limits it gets.
 *
 * @param route the route that took it; empty if none did, and then there are no limits
 * @param plan plan the caller is treated as being on
 * @param planSource why that plan
 * @param overrides exceptions in force for the caller
 * @param schedules schedules in force for the caller's plan
 * @param rollouts what is tried on this caller and route
 * @param block why the caller is turned away before all this matters; empty if it is not
 * @param access whether the caller meets what the route requires
 * @param exemptions what keeps limits from refusing the caller
 * @param limits every limit the route lists, in its order
 */
public record Explanation(
        Optional<RouteRule> route,
        String plan,
        PlanSource planSource,
        List<OverrideRule> overrides,
        List<ScheduleRule> schedules,
        List<RolloutRule> rollouts,
        Optional<BlockRule> block,
        Access access,
        List<ExemptRule> exemptions,
        List<LimitVerdict> limits) {
    public Explanation {
        overrides = List.copyOf(overrides);
        schedules = List.copyOf(schedules);
        rollouts = List.copyOf(rollouts);
        exemptions = List.copyOf(exemptions);
        limits = List.copyOf(limits);
    }

    /** What decided on the plan. */
    public enum PlanSource {
        /** The caller has no credential. */
        ANONYMOUS,
        /** The credential names it. */
        CREDENTIAL,
        /** The credential names none, or one the policy does not have. */
        DEFAULT,
        /** An override. */
        OVERRIDE
    }

    /** What becomes of one limit of the route. */
    public sealed interface LimitVerdict {
        /** The limit as the route uses it. */
        LimitUse use();

        /**
         * It counts the request.
         *
         * @param planned what the gateway works with
         * @param subject whom it counts, in words
         * @param allotment where its amount comes from
         */
        record Applies(LimitUse use, PlannedLimit planned, String subject, Allotment allotment)
                implements LimitVerdict {}

        /** It counts by something this caller does not have. */
        record NotThisCaller(LimitUse use) implements LimitVerdict {}

        /** It counts bytes, and the request declares that it brings none. */
        record CostsNothing(LimitUse use) implements LimitVerdict {}

        /** It is disabled. */
        record SwitchedOff(LimitUse use) implements LimitVerdict {}
    }
}
