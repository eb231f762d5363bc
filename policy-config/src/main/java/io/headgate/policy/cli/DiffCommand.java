package io.headgate.policy.cli;

import io.headgate.policy.PolicyLoader;
import io.headgate.policy.diff.DiffJson;
import io.headgate.policy.diff.DiffText;
import io.headgate.policy.diff.PolicyDiff;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.report.Json;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @Parameters(
            arity = "1..2",
            paramLabel = "<file|folder>",
            description = "the policy before, and the one after; with --live only the one after")
    private List<Path> paths;

    @Option(
            names = "--live",
            arity = "0..1",
            paramLabel = "<address>",
            fallbackValue = LiveOption.USUAL,
            converter = LiveOption.class,
            description =
                    "compare with what this gateway has in force; " + LiveOption.USUAL + " if no address is given")
    private @Nullable URI live;

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
        if (paths.size() != (live == null ? 2 : 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    live == null ? "diff needs two policies, or one and --live" : "with --live, diff needs one policy");
        }
        PrintWriter err = spec.commandLine().getErr();
        PolicyLoader loader = new PolicyLoader();
        Optional<PolicySet> before =
                live == null ? LoadedPolicy.of(paths.get(0), loader, err) : LoadedPolicy.running(live, loader, err);
        Optional<PolicySet> after = LoadedPolicy.of(paths.get(paths.size() - 1), loader, err);
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
