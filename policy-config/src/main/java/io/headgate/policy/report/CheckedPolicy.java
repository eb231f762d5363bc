package io.headgate.policy.report;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.util.List;
import java.util.Optional;

/**
 * A policy that has been looked at.
 *
 * @param name the file or folder, as it was named
 * @param policy the policy; empty if it has errors
 * @param problems all that was found, in the order of the text
 */
public record CheckedPolicy(String name, Optional<PolicySet> policy, List<Problem> problems) {
    public CheckedPolicy {
        problems = List.copyOf(problems);
    }

    /** How many of the problems have this severity. */
    public long count(Severity severity) {
        return problems.stream()
                .filter(problem -> problem.severity() == severity)
                .count();
    }

    /** Whether it passes: it has no errors, and no warnings if those count as such. */
    public boolean passes(boolean strict) {
        return strict ? problems.isEmpty() : count(Severity.ERROR) == 0;
    }
}
