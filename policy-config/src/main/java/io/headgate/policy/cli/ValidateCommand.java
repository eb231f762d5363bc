package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.lint.PolicyLint;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.report.CheckedPolicy;
import io.headgate.policy.report.ReportFormat;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy validate}: every problem of every policy, with its place. */
@Command(
        name = "validate",
        description = "Checks policies. Exit code 0: usable, 1: there are errors, 2: wrong usage.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparing(Problem::file).thenComparing(Problem::line).thenComparing(Problem::column);

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "<file|folder>",
            description = "each one policy; a folder is one, too, and - is standard input")
    private List<Path> paths;

    @Option(
            names = "--format",
            paramLabel = "<format>",
            description = "${COMPLETION-CANDIDATES}; text by default",
            defaultValue = "text")
    private ReportFormat format;

    @Option(names = "--strict", description = "warnings end with 1, too")
    private boolean strict;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ValidateCommand() {}

    @Override
    public Integer call() {
        List<CheckedPolicy> checked = paths.stream().map(ValidateCommand::check).toList();
        format.write(checked, strict, spec.commandLine().getOut());
        return checked.stream().allMatch(policy -> policy.passes(strict)) ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private static CheckedPolicy check(Path path) {
        PolicyText text = LoadedPolicy.text(path);
        LoadResult result = new PolicyLoader().load(text);
        if (result instanceof LoadResult.Loaded loaded) {
            PolicySet policy = loaded.policy();
            List<Problem> warnings = new ArrayList<>(loaded.warnings());
            warnings.addAll(PolicyLint.of(text, policy.rules()));
            warnings.sort(BY_PLACE);
            return new CheckedPolicy(LoadedPolicy.name(path), Optional.of(policy), warnings);
        }
        return new CheckedPolicy(LoadedPolicy.name(path), Optional.empty(), ((LoadResult.Rejected) result).problems());
    }
}
