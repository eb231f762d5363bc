package io.headgate.policy.cli;

import io.headgate.policy.report.CodeHelp;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Suggestions;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy help}: what a code means, what causes it, and how to put it right. */
@Command(
        name = "help",
        description = "Explains the codes of errors and warnings; all of them in a line each if none is named.",
        mixinStandardHelpOptions = true)
final class HelpCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<code>", arity = "0..*", description = "such as bad-value")
    private List<String> codes = List.of();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    HelpCommand() {}

    @Override
    public Integer call() {
        CodeHelp help = CodeHelp.shipped();
        PrintWriter out = spec.commandLine().getOut();
        List<String> known = Arrays.stream(Code.values()).map(Code::toString).toList();
        for (String code : codes) {
            if (!known.contains(code)) {
                String guess = Suggestions.closest(code, known)
                        .map(word -> "; did you mean: " + word)
                        .orElse("");
                throw new ParameterException(spec.commandLine(), "there is no code " + code + guess);
            }
        }
        if (codes.isEmpty()) {
            known.forEach(code ->
                    out.println(String.format("%-26s", code) + help.of(code).summary()));
        }
        for (String code : codes) {
            out.println(code);
            out.println();
            help.of(code).text().lines().forEach(line -> out.println(line.isEmpty() ? "" : "  " + line));
            out.println();
        }
        return ExitCode.OK;
    }
}
