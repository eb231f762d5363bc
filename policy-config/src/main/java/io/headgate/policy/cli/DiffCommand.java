package io.headgate.policy.cli;

import io.headgate.policy.PolicyLoader;
import io.headgate.policy.diff.DiffJson;
import io.headgate.policy.diff.DiffText;
import io.headgate.policy.diff.PolicyDiff;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.report.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy diff}: what an edit changes, by its meaning. */
@Command(
        name = "diff",
        description =
                "Says what changes from one policy to another. Exit code 0: nothing, 2: something, 1: it cannot say.",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.PROBLEMS)
final class DiffCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "2", paramLabel = "<file|folder>", description = "the policy before, and the one after")
    private List<Path> paths;

    @Option(names = "--format", paramLabel = "<format>", description = "${COMPLETION-CANDIDATES}; text by default")
    private Format format = Format.TEXT;

    /** How the diff is written. */
    enum Format {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    DiffCommand() {}

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        PolicyLoader loader = new PolicyLoader();
        Optional<PolicySet> before = LoadedPolicy.of(paths.get(0), loader, err);
        Optional<PolicySet> after = LoadedPolicy.of(paths.get(1), loader, err);
        if (before.isEmpty() || after.isEmpty()) {
            return ExitCode.PROBLEMS;
        }
        PolicyDiff diff = PolicyDiff.of(before.get().rules(), after.get().rules());
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.JSON) {
            out.println(Json.write(DiffJson.of(diff)));
        } else {
            new DiffText(out).print(diff);
        }
        return diff.isEmpty() ? ExitCode.OK : ExitCode.DIFFERENT;
    }
}
