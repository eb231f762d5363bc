package io.headgate.policy.trial;

import io.headgate.policy.source.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What came of a file of tests.
 *
 * @param name the file
 * @param problems why nothing could be tested, warnings left out; then there are no results
 * @param results what came of each test
 */
public record TestedFile(String name, List<Problem> problems, List<Result> results) {
    public TestedFile {
        problems = List.copyOf(problems);
        results = List.copyOf(results);
    }

    /** What came of one test. */
    public record Result(PolicyTest test, Optional<Mismatch> mismatch) {}

    /** Whether everything was tested, and is as expected. */
    public boolean passes() {
        return problems.isEmpty()
                && results.stream().allMatch(result -> result.mismatch().isEmpty());
    }
}
