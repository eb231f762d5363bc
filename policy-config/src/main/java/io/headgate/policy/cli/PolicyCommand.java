package io.headgate.policy.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the {@code policy} command line. */
@Command(
        name = "policy",
        description = "Checks policies and explains what they do.",
        mixinStandardHelpOptions = true,
        versionProvider = ReleaseVersion.class,
        subcommands = {
            ValidateCommand.class,
            ExplainCommand.class,
            DiffCommand.class,
            TestCommand.class,
            SimulateCommand.class,
            SchemaCommand.class,
            HistoryCommand.class,
            RollbackCommand.class,
            HelpCommand.class
        })
public final class PolicyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PolicyCommand() {}

    /** Runs one command; the exit code is 0 for success, 1 for problems found, 2 for wrong usage. */
    public static void main(String[] args) {
        // From Java 22 on there is a console even where there is no terminal, unless asked for as it was before.
        System.setProperty("jdk.console", "java.base");
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /** Runs one command on the given streams; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new PolicyCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int exitCode = line.execute(args);
        if (out.checkError()) {
            // Whoever reads half a report takes it for the whole, unless the exit code says otherwise.
            err.println("not all of the output could be written");
            return ExitCode.PROBLEMS;
        }
        return exitCode;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }
}
