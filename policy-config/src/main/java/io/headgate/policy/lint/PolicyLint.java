package io.headgate.policy.lint;

import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Problems;
import java.util.List;

/** Warns of what a policy may well say, but can hardly mean. */
public final class PolicyLint {

    private PolicyLint() {}

    /**
     * The warnings, in the order of the text.
     *
     * @param text what {@code rules} were read from
     * @param rules a policy without errors
     */
    public static List<Problem> of(PolicyText text, PolicyRules rules) {
        Problems problems = new Problems();
        Declarations declared = Declarations.of(text);
        AddressLint.check(rules, declared, problems);
        PlanLint.check(rules, declared, problems);
        LimitLint.check(rules, problems);
        LeaseLint.check(rules, problems);
        RouteLint.check(rules, problems);
        return problems.list();
    }
}
