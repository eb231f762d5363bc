package io.headgate.policy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code policy schema}: what editors complete and check policies by. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of policies, for editors.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {

    static final String RESOURCE = "/io/headgate/policy/policy.schema.json";

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SchemaCommand() {}

    @Override
    public Integer call() throws IOException {
        try (InputStream schema = Objects.requireNonNull(SchemaCommand.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            spec.commandLine().getOut().print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
