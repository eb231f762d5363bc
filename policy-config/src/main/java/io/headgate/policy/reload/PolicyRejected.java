package io.headgate.policy.reload;

import io.headgate.policy.source.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** There is no policy to start with: what the files say cannot be used. */
public final class PolicyRejected extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    PolicyRejected(List<Problem> problems) {
        super(problems.stream()
                .map(Problem::render)
                .collect(Collectors.joining("\n", "the policy cannot be used\n", "")));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong. */
    public List<Problem> problems() {
        return problems;
    }
}
