package io.headgate.gateway.identity;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code keys} command line: makes, lists and revokes API keys in the file that the gateways read. */
@Command(
        name = "keys",
        description = "Makes, lists and revokes API keys in the file that headgate.auth.api-keys names.",
        mixinStandardHelpOptions = true)
public final class KeysCommand implements Runnable {

    private static final int DONE = 0;
    private static final int PROBLEMS = 1;

    private final InstantSource clock;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    private KeysCommand(InstantSource clock) {
        this.clock = clock;
    }

    /** Runs one command and ends the process: 0 for success, 1 for problems found, 2 for wrong usage. */
    public static void main(String[] args) {
        // From Java 22 on there is a console even where there is no terminal, unless asked for as it was before.
        System.setProperty("jdk.console", "java.base");
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, InstantSource.system(), args));
    }

    /** Runs one command on the given streams; returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, InstantSource clock, String... args) {
        return new CommandLine(new KeysCommand(clock))
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setExecutionExceptionHandler((error, line, parsed) -> {
                    if (error instanceof ApiKeysRejected) {
                        line.getErr().println(error.getMessage());
                        return PROBLEMS;
                    }
                    throw error;
                })
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? create, list or revoke");
    }

    @Command(name = "create", description = "Makes a key and prints it, this once.", mixinStandardHelpOptions = true)
    int create(
            @Parameters(paramLabel = "<file>", description = "the file of keys; made if it is not there") Path file,
            @Option(names = "--id", required = true, description = "name of the key, to know it by") String id,
            @Option(names = "--user", required = true, description = "whom it stands for") String user,
            @Option(names = "--plan", required = true, description = "plan of its user") String plan,
            @Option(names = "--tenant", description = "tenant of its user") @Nullable String tenant,
            @Option(names = "--expires", description = "date at whose beginning in UTC it ends, or instant") @Nullable
                    String expires,
            @Option(names = "--scope", description = "scope that it has; may be repeated") @Nullable
                    List<String> scopes,
            @Option(names = "--role", description = "role that it has; may be repeated") @Nullable List<String> roles) {
        String key = NewApiKey.random();
        String entry = entry(id, key, user, tenant, plan, expires, orNone(scopes), orNone(roles));
        try {
            if (expires != null && !ApiKeyFile.instant(expires).isAfter(clock.instant())) {
                throw new ParameterException(
                        spec.commandLine(), "--expires: " + expires + " (expected: a time that has not passed)");
            }
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--expires: " + expires + " (expected: a date such as 2027-01-01, or 2027-01-01T12:00:00Z)");
        }
        ApiKeyEdit.of(file, clock).add(entry);
        spec.commandLine().getErr().println("The key of " + id + ". It is kept nowhere, and cannot be shown again:");
        spec.commandLine().getOut().println(key);
        return DONE;
    }

    private static List<String> orNone(@Nullable List<String> words) {
        return words == null ? List.of() : words;
    }

    private static String entry(
            String id,
            String key,
            String user,
            @Nullable String tenant,
            String plan,
            @Nullable String expires,
            List<String> scopes,
            List<String> roles) {
        StringJoiner fields = new StringJoiner(", ", "{ ", " }");
        fields.add("id: " + quoted(id))
                .add("sha256: " + Sha256.of(key).hex())
                .add("user: " + quoted(user))
                .add("plan: " + quoted(plan));
        if (tenant != null) {
            fields.add("tenant: " + quoted(tenant));
        }
        if (expires != null) {
            fields.add("expires: " + expires);
        }
        if (!scopes.isEmpty()) {
            fields.add("scopes: " + quoted(scopes));
        }
        if (!roles.isEmpty()) {
            fields.add("roles: " + quoted(roles));
        }
        return fields.toString();
    }

    private static String quoted(List<String> words) {
        return words.stream().map(KeysCommand::quoted).toList().toString();
    }

    /** Words that YAML could take for something else go between quotes. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z][A-Za-z0-9_.-]*") ? word : "'" + word.replace("'", "''") + "'";
    }

    @Command(name = "list", description = "Shows the keys that there are.", mixinStandardHelpOptions = true)
    int list(@Parameters(paramLabel = "<file>", description = "the file of keys") Path file) {
        List<String> lines = new ArrayList<>();
        for (ApiKeys.Entry entry : ApiKeyFile.entries(file)) {
            String end = entry.expires() == null
                    ? "never expires"
                    : (clock.instant().isBefore(entry.expires()) ? "expires " : "expired ") + entry.expires();
            String tenant = entry.caller().tenant() == null
                    ? ""
                    : " of " + entry.caller().tenant();
            lines.add("%s  %s%s  %s  %s"
                    .formatted(
                            entry.id(),
                            entry.caller().user(),
                            tenant,
                            entry.caller().plan(),
                            end));
        }
        lines.forEach(spec.commandLine().getOut()::println);
        return DONE;
    }

    @Command(
            name = "revoke",
            description = "Takes a key out of the file; gateways refuse it within 5 seconds.",
            mixinStandardHelpOptions = true)
    int revoke(
            @Parameters(paramLabel = "<file>", description = "the file of keys") Path file,
            @Parameters(paramLabel = "<id>", description = "name of the key") String id) {
        ApiKeyEdit.of(file, clock).remove(id);
        spec.commandLine().getErr().println("The key of " + id + " is no longer valid.");
        return DONE;
    }
}
