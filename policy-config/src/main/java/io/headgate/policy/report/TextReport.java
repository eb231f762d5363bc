package io.headgate.policy.report;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Problems with their source lines, then one line for each policy, then where to read more. */
final class TextReport {

    private TextReport() {}

    static void write(List<CheckedPolicy> policies, PrintWriter out) {
        for (CheckedPolicy checked : policies) {
            checked.problems().forEach(problem -> out.println(problem.render()));
            out.println(checked.name() + ": " + summary(checked));
        }
        String codes = policies.stream()
                .flatMap(checked -> checked.problems().stream())
                .map(Problem::code)
                .distinct()
                .collect(Collectors.joining(" "));
        if (!codes.isEmpty()) {
            out.println("help: policy help " + codes);
        }
    }

    private static String summary(CheckedPolicy checked) {
        long errors = checked.count(Severity.ERROR);
        long warnings = checked.count(Severity.WARNING);
        String found = (errors == 0 ? "" : counted(errors, "error"))
                + (errors > 0 && warnings > 0 ? ", " : "")
                + (warnings == 0 ? "" : counted(warnings, "warning"));
        return checked.policy()
                .map(policy -> "ok, " + contents(policy) + (found.isEmpty() ? "" : ", " + found))
                .orElse(found);
    }

    private static String contents(PolicySet policy) {
        return counted(policy.limitNames().size(), "limit") + ", "
                + counted(policy.planNames().size(), "plan") + ", "
                + counted(policy.routes().size(), "route") + " (" + policy.hash() + ")";
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
