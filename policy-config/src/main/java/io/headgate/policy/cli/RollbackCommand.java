package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.diff.DiffText;
import io.headgate.policy.diff.PolicyDiff;
import io.headgate.policy.live.NoAnswer;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.SourceFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy rollback}: puts a policy that was in force back to where the gateway reads it. */
@Command(
        name = "rollback",
        description = "Writes a policy that a gateway had in force back to its files, from where it goes live again.",
        mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<revision>", description = "number of the revision, as history lists it")
    private long revision;

    @Option(
            names = "--into",
            required = true,
            paramLabel = "<file|folder>",
            description = "where the policy stands that the gateway follows, or its source")
    private Path into;

    @Mixin
    private AskedGateway asked;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    RollbackCommand() {}

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            PolicyText earlier = asked.gateway().policy(revision);
            PolicyLoader loader = new PolicyLoader();
            Optional<PolicySet> restored = LoadedPolicy.of(earlier, loader, err);
            if (restored.isEmpty()) {
                return ExitCode.PROBLEMS;
            }
            Map<Path, String> files = files(earlier);
            PrintWriter out = spec.commandLine().getOut();
            if (loader.load(into) instanceof LoadResult.Loaded now) {
                new DiffText(out)
                        .print(PolicyDiff.of(
                                now.policy().rules(), restored.get().rules()));
            }
            for (Map.Entry<Path, String> file : files.entrySet()) {
                write(file.getKey(), file.getValue());
                out.println(file.getKey() + ": as in revision " + revision);
            }
            return ExitCode.OK;
        } catch (NoAnswer e) {
            err.println(e.getMessage());
            return ExitCode.PROBLEMS;
        } catch (IOException e) {
            err.println(into + ": cannot be written: " + e.getClass().getSimpleName() + " " + e.getMessage());
            return ExitCode.PROBLEMS;
        }
    }

    /** Where each file of the policy goes. */
    private Map<Path, String> files(PolicyText policy) {
        if (!Files.isDirectory(into)) {
            if (policy.files().size() != 1) {
                throw new ParameterException(
                        spec.commandLine(), "revision " + revision + " has several files (expected: --into a folder)");
            }
            return Map.of(into, policy.files().get(0).text());
        }
        Map<Path, String> files = new LinkedHashMap<>();
        for (SourceFile file : policy.files()) {
            files.put(into.resolve(Objects.requireNonNull(Path.of(file.name()).getFileName())), file.text());
        }
        Set<String> others = new TreeSet<>();
        for (SourceFile file : PolicyText.read(into).files()) {
            if (!files.containsKey(Path.of(file.name()))) {
                others.add(file.name());
            }
        }
        if (!others.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    others.stream().collect(Collectors.joining(", ")) + ": not part of revision " + revision
                            + " (expected: a folder without it)");
        }
        return files;
    }

    /** Replaces a file as a whole, so that nobody reads half of it. */
    private static void write(Path file, String text) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
