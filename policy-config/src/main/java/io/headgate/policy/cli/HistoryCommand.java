package io.headgate.policy.cli;

import io.headgate.policy.live.LiveGateway;
import io.headgate.policy.live.NoAnswer;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code policy history}: the policies that a running gateway has had in force, and those that it refused. */
@Command(
        name = "history",
        description = "Lists what became of the edits of a gateway's policy since it started, the latest first.",
        mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private AskedGateway asked;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    HistoryCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            LiveGateway.History history = asked.gateway().history();
            Stream.concat(
                            history.revisions().stream().map(Outcome::ofRevision),
                            history.refused().stream().map(Outcome::ofRefused))
                    .sorted(Comparator.comparing(Outcome::at).reversed())
                    .forEach(outcome -> out.println(outcome.words()));
            return ExitCode.OK;
        } catch (NoAnswer e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.PROBLEMS;
        }
    }

    /** What became of one edit, and since when. */
    private record Outcome(String at, String words) {

        static Outcome ofRevision(Map<?, ?> revision) {
            Object owner = revision.get("owner");
            return new Outcome(
                    String.valueOf(revision.get("since")),
                    "revision " + revision.get("revision") + "  " + revision.get("hash") + "  since "
                            + revision.get("since") + (owner == null ? "" : "  " + owner) + "\n  "
                            + revision.get("changes"));
        }

        static Outcome ofRefused(Map<?, ?> edit) {
            Object problems = edit.get("problems");
            return new Outcome(
                    String.valueOf(edit.get("at")),
                    "refused at " + edit.get("at") + ", " + problems
                            + (String.valueOf(problems).equals("1") ? " problem" : " problems, the first:") + "\n  "
                            + edit.get("first"));
        }
    }
}
