package io.headgate.policy;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import java.util.List;

/** What became of a policy that was loaded. */
public sealed interface LoadResult {

    /**
     * The policy is valid.
     *
     * @param policy the policy, compiled
     * @param warnings what is legal in it but probably not meant
     */
    record Loaded(PolicySet policy, List<Problem> warnings) implements LoadResult {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The policy cannot be used.
     *
     * @param problems all that is wrong with it, warnings included, in the order of the text; at least one error
     */
    record Rejected(List<Problem> problems) implements LoadResult {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
