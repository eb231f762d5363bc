package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy validate}: every problem of every policy, with its place. */
@Command(
        name = "validate",
        description = "Checks policies. Exit code 0: usable, 1: there are errors, 2: wrong usage.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "<file|folder>", description = "each one policy; a folder is one, too")
    private List<Path> paths;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ValidateCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean usable = true;
        for (Path path : paths) {
            LoadResult result = new PolicyLoader().load(path);
            if (result instanceof LoadResult.Loaded loaded) {
                print(loaded.warnings(), out);
                out.println(path + ": ok, " + contents(loaded.policy()));
            } else {
                List<Problem> problems = ((LoadResult.Rejected) result).problems();
                print(problems, out);
                out.println(path + ": " + summary(problems));
                usable = false;
            }
        }
        return usable ? 0 : 1;
    }

    private static void print(List<Problem> problems, PrintWriter out) {
        problems.forEach(problem -> out.println(problem.render()));
    }

    private static String contents(PolicySet policy) {
        return counted(policy.limitNames().size(), "limit") + ", "
                + counted(policy.planNames().size(), "plan") + ", "
                + counted(policy.routes().size(), "route") + " (" + policy.hash() + ")";
    }

    private static String summary(List<Problem> problems) {
        long errors = problems.stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .count();
        long warnings = problems.size() - errors;
        return counted(errors, "error") + (warnings == 0 ? "" : ", " + counted(warnings, "warning"));
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
