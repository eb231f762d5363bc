package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.language.TestLanguage;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Problems;
import io.headgate.policy.trial.TestFile;
import io.headgate.policy.trial.TestRun;
import io.headgate.policy.trial.TestedFile;
import io.headgate.policy.trial.TrialSuites;
import io.headgate.policy.trial.TrialText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy test}: runs tests of policies in virtual time. */
@Command(
        name = "test",
        description = "Runs policy tests. Exit code 0: all pass, 1: not all, 2: wrong usage.",
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "<file|folder>", description = "tests; of a folder all *.test.yaml in it")
    private List<Path> paths;

    @Option(
            names = "--policy",
            paramLabel = "<file|folder>",
            description = "test this policy instead of the one that the tests name")
    private @Nullable Path policy;

    @Option(names = "--format", paramLabel = "<format>", description = "${COMPLETION-CANDIDATES}; text by default")
    private Format format = Format.TEXT;

    /** How the outcome is written. */
    enum Format {
        TEXT,
        JUNIT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TestCommand() {}

    @Override
    public Integer call() throws IOException {
        List<TestedFile> tested = new ArrayList<>();
        for (Path file : files()) {
            tested.add(test(file));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.JUNIT) {
            TrialSuites.of(tested).write(out);
        } else {
            TrialText.write(tested, out);
        }
        return tested.stream().allMatch(TestedFile::passes) ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> entries = Files.list(path)) {
                List<Path> tests = entries.filter(TestCommand::isTest).sorted().toList();
                if (tests.isEmpty()) {
                    throw new ParameterException(
                            spec.commandLine(), path + ": no tests in this folder (expected: *.test.yaml)");
                }
                files.addAll(tests);
            }
        }
        return files;
    }

    private static boolean isTest(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".test.yaml") || name.endsWith(".test.yml");
    }

    private TestedFile test(Path file) {
        PolicyText text = PolicyText.read(file);
        Problems problems = new Problems();
        Optional<TestFile> tests = TestLanguage.read(text, problems);
        List<Problem> found = new ArrayList<>(text.problems());
        found.addAll(problems.list());
        if (tests.isEmpty() || !found.isEmpty()) {
            return new TestedFile(file.toString(), found, List.of());
        }
        LoadResult result = new PolicyLoader().load(policyOf(file, tests.get()));
        if (result instanceof LoadResult.Rejected rejected) {
            return new TestedFile(file.toString(), rejected.problems(), List.of());
        }
        PolicyRules rules = ((LoadResult.Loaded) result).policy().rules();
        return new TestedFile(
                file.toString(),
                List.of(),
                tests.get().tests().stream()
                        .map(test -> new TestedFile.Result(test, TestRun.of(test, rules)))
                        .toList());
    }

    private Path policyOf(Path file, TestFile tests) {
        if (policy != null) {
            return policy;
        }
        Path folder = Objects.requireNonNullElse(file.getParent(), Path.of("."));
        return tests.policy().map(folder::resolve).orElse(folder);
    }
}
