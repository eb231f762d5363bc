package io.headgate.policy.report;

import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The outcome of a validation as test cases: one for each problem, or one for a policy without any. */
final class ValidationSuites {

    private ValidationSuites() {}

    static TestSuites of(List<CheckedPolicy> policies, boolean strict) {
        return new TestSuites(
                policies.stream().map(checked -> suite(checked, strict)).toList());
    }

    private static TestSuites.Suite suite(CheckedPolicy checked, boolean strict) {
        List<TestSuites.Case> cases = new ArrayList<>();
        if (checked.problems().isEmpty()) {
            cases.add(new TestSuites.Case("valid", Optional.empty(), Optional.empty()));
        }
        for (Problem problem : checked.problems()) {
            boolean fails = strict || problem.severity() == Severity.ERROR;
            String name = problem.code() + (problem.line() > 0 ? " at " + place(problem) : "");
            cases.add(
                    fails
                            ? new TestSuites.Case(name, Optional.of(failure(problem)), Optional.empty())
                            : new TestSuites.Case(name, Optional.empty(), Optional.of(problem.render())));
        }
        return new TestSuites.Suite(checked.name(), cases);
    }

    private static TestSuites.Failure failure(Problem problem) {
        return new TestSuites.Failure(problem.code(), problem.message(), problem.render());
    }

    private static String place(Problem problem) {
        return problem.file() + ":" + problem.line() + ":" + problem.column();
    }
}
