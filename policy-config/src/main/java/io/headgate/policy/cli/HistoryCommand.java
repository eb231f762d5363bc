package io.headgate.policy.cli;

import io.headgate.policy.live.NoAnswer;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code policy history}: the policies that a running gateway has had in force. */
@Command(
        name = "history",
        description = "Lists the policies that a gateway has had in force since it started, the latest first.",
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
            for (Map<?, ?> revision : asked.gateway().history()) {
                Object owner = revision.get("owner");
                out.println("revision " + revision.get("revision") + "  " + revision.get("hash") + "  since "
                        + revision.get("since") + (owner == null ? "" : "  " + owner));
                out.println("  " + revision.get("changes"));
            }
            return ExitCode.OK;
        } catch (NoAnswer e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.PROBLEMS;
        }
    }
}
