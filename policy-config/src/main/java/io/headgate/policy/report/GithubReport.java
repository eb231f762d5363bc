package io.headgate.policy.report;

import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.PrintWriter;
import java.util.List;

/** One workflow command for each problem. */
final class GithubReport {

    private GithubReport() {}

    static void write(List<CheckedPolicy> policies, PrintWriter out) {
        policies.stream()
                .flatMap(checked -> checked.problems().stream())
                .forEach(problem -> out.println(command(problem)));
    }

    private static String command(Problem problem) {
        StringBuilder command = new StringBuilder(problem.severity() == Severity.ERROR ? "::error " : "::warning ");
        command.append("file=").append(property(problem.file()));
        if (problem.line() > 0) {
            command.append(",line=").append(problem.line());
            command.append(",col=").append(problem.column());
        }
        command.append(",title=").append(property(problem.code())).append("::");
        String advice = problem.suggestion() == null ? "" : "; did you mean: " + problem.suggestion();
        return command.append(data(problem.message() + advice)).toString();
    }

    /** The runner reads these two escapes in both places, and the other two in properties only. */
    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
