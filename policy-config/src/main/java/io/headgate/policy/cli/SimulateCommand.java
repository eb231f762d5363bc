package io.headgate.policy.cli;

import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.Target;
import io.headgate.policy.simulate.Simulation;
import io.headgate.policy.simulate.SimulationText;
import io.headgate.policy.traffic.AccessLogFile;
import io.headgate.policy.traffic.Pseudonyms;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy simulate}: what a policy would have done to recorded traffic. */
@Command(
        name = "simulate",
        description =
                "Replays recorded traffic. Exit code 0: done, 1: a policy or the log cannot be used, 2: wrong usage.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<file|folder>", description = "the policy")
    private Path path;

    @Option(names = "--log", required = true, paramLabel = "<file>", description = "access log of a gateway")
    private Path log;

    @Option(
            names = "--candidate",
            paramLabel = "<file|folder>",
            description = "compare this policy with the first; otherwise the first is compared with the log")
    private @Nullable Path candidate;

    @Option(
            names = "--key-file",
            paramLabel = "<file>",
            description = "headgate.access-log-key of the gateway, so that exceptions and lists find their subjects")
    private @Nullable Path keyFile;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SimulateCommand() {}

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        PolicyLoader loader = new PolicyLoader();
        Optional<PolicySet> policy = LoadedPolicy.of(path, loader, err);
        Optional<PolicySet> compared = candidate == null ? policy : LoadedPolicy.of(candidate, loader, err);
        if (policy.isEmpty() || compared.isEmpty()) {
            return ExitCode.PROBLEMS;
        }
        try {
            return simulate(policy.get().rules(), compared.get().rules());
        } catch (NoSuchFileException e) {
            err.println(e.getFile() + ": there is no such file");
            return ExitCode.PROBLEMS;
        } catch (IOException e) {
            err.println(log + ": cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage());
            return ExitCode.PROBLEMS;
        }
    }

    private int simulate(PolicyRules policy, PolicyRules compared) throws IOException {
        Simulation simulation = new Simulation(compared, candidate == null ? null : policy, known());
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = Progress.of(Files.size(log), err);
        AccessLogFile.Reading reading = AccessLogFile.read(log, simulation::accept, progress::reached);
        progress.done();
        PrintWriter out = spec.commandLine().getOut();
        new SimulationText(out, candidate == null ? "in the log" : "policy", candidate == null ? "policy" : "candidate")
                .print(simulation.result());
        if (reading.unreadable() > 0) {
            err.println(log + ": " + reading.unreadable() + " of " + reading.lines()
                    + " lines cannot be used, the first is " + reading.firstUnreadable());
        }
        if (keyFile == null && namesSubjects(policy, compared)) {
            err.println("overrides and lists hold for those whom the log names as the policy does; with --key-file also"
                    + " for those whom the gateway has given pseudonyms");
        }
        return reading.lines() > 0 && reading.unreadable() == reading.lines() ? ExitCode.PROBLEMS : ExitCode.OK;
    }

    private UnaryOperator<Target> known() throws IOException {
        if (keyFile == null) {
            return UnaryOperator.identity();
        }
        return Pseudonyms.keyed(Files.readString(keyFile).strip())::of;
    }

    private static boolean namesSubjects(PolicyRules... policies) {
        for (PolicyRules policy : policies) {
            if (!policy.overrides().isEmpty()
                    || !policy.blocked().isEmpty()
                    || !policy.exempt().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
