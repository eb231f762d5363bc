package io.headgate.policy.simulate;

import java.util.List;
import java.util.Map;

/**
 * What became of recorded traffic.
 *
 * @param requests requests that were replayed
 * @param firstMicros when the first was, in microseconds since 1970
 * @param lastMicros when the last was
 * @param refusedBefore requests that were refused before
 * @param refusedAfter requests that are refused now
 * @param newlyRefused requests that are refused now and were not before
 * @param subjects users, and addresses without a user, that were told apart
 * @param newlyRefusedSubjects those that are refused something now and were refused nothing before
 * @param untold requests of subjects beyond the most that are told apart
 * @param withVerdict requests of which the log says what became of them
 * @param agreeing those of which the policy in force says the same
 * @param outOfOrder requests that stand in the log after later ones
 * @param limits what each limit did, by its name and then by plan
 * @param worst the subjects that lose most, the first the most
 * @param demands what subjects asked of limits, by limit and plan
 */
public record SimulationResult(
        long requests,
        long firstMicros,
        long lastMicros,
        long refusedBefore,
        long refusedAfter,
        long newlyRefused,
        int subjects,
        long newlyRefusedSubjects,
        long untold,
        long withVerdict,
        long agreeing,
        long outOfOrder,
        Map<String, Map<String, LimitTally>> limits,
        List<SubjectTally> worst,
        List<Demand> demands) {
    public SimulationResult {
        limits = Map.copyOf(limits);
        worst = List.copyOf(worst);
        demands = List.copyOf(demands);
    }
}
