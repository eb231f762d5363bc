package io.headgate.policy.trial;

import io.headgate.policy.report.TestSuites;
import io.headgate.policy.source.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What came of tests, as build servers read it: a suite for each file, a case for each test. */
public final class TrialSuites {

    private TrialSuites() {}

    /** The suites of all files. */
    public static TestSuites of(List<TestedFile> files) {
        return new TestSuites(files.stream().map(TrialSuites::suite).toList());
    }

    private static TestSuites.Suite suite(TestedFile file) {
        List<TestSuites.Case> cases = new ArrayList<>();
        for (Problem problem : file.problems()) {
            cases.add(new TestSuites.Case(
                    problem.code(),
                    Optional.of(new TestSuites.Failure(problem.code(), problem.message(), problem.render())),
                    Optional.empty()));
        }
        for (TestedFile.Result result : file.results()) {
            cases.add(new TestSuites.Case(
                    result.test().name(), result.mismatch().map(TrialSuites::failure), Optional.empty()));
        }
        return new TestSuites.Suite(file.name(), cases);
    }

    private static TestSuites.Failure failure(Mismatch mismatch) {
        Expectation.Difference first = mismatch.differences().get(0);
        return new TestSuites.Failure(
                "mismatch",
                "expected " + first.what() + ": " + first.expected() + ", but was: " + first.actual(),
                String.join("\n", TrialText.lines(mismatch)));
    }
}
