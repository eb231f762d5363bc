package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysCommandTest {

    private static final InstantSource NEW_YEARS_EVE = InstantSource.fixed(Instant.parse("2026-12-31T12:00:00Z"));

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return KeysCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), NEW_YEARS_EVE, args);
    }

    private Path file() {
        return folder.resolve("keys.yaml");
    }

    private String create(String id, String... more) {
        String[] args = Stream.concat(
                        Stream.of("create", file().toString(), "--id", id, "--user", "u_" + id, "--plan", "free"),
                        Stream.of(more))
                .toArray(String[]::new);
        assertThat(run(args)).as(err.toString()).isZero();
        return out.toString().strip();
    }

    private ApiKeys keys() {
        return ApiKeyFile.read(file(), NEW_YEARS_EVE);
    }

    @Test
    void aKeyIsPrintedOnceAndKeptAsADigest() throws IOException {
        String key = create("first");
        assertThat(key).matches("hg_[A-Za-z0-9_-]{43}");
        assertThat(Files.readString(file()))
                .doesNotContain(key)
                .contains(Sha256.of(key).hex());
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(keys().caller(key)).contains(new Caller("u_first", null, "free"));
        assertThat(run("list", file().toString())).isZero();
        assertThat(out.toString())
                .isEqualTo("first  u_first  free  never expires\n")
                .doesNotContain(key);
    }

    @Test
    void aKeyHasAllThatIsSaidOfIt() {
        String key = create(
                "all",
                "--tenant",
                "acme's",
                "--expires",
                "2027-02-01",
                "--scope",
                "feed:read",
                "--scope",
                "feed:write",
                "--role",
                "editor");
        assertThat(keys().caller(key))
                .contains(new Caller(
                        "u_all",
                        "acme's",
                        "free",
                        Map.of(),
                        new Grants(Set.of("feed:read", "feed:write"), Set.of("editor"))));
        run("list", file().toString());
        assertThat(out.toString()).isEqualTo("all  u_all of acme's  free  expires 2027-02-01T00:00:00Z\n");
    }

    @Test
    void aRevokedKeyIsGoneAndEverythingElseStays() throws IOException {
        Files.writeString(file(), """
            # Kept by the platform team
            keys:
            # the first
            - id: a
              sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b
              user: u1
              plan: free

            # the second
            - { id: b, sha256: 1e9df8b2be5dfc96e1bdee7c901b508f78f4d545e300a8d2dd43250c640b63eb, user: u2, plan: free }
            """);
        String key = create("c");
        assertThat(keys().caller(key)).isPresent();
        assertThat(run("revoke", file().toString(), "a")).isZero();
        assertThat(keys().caller("secret")).isEmpty();
        assertThat(keys().caller(key)).isPresent();
        assertThat(Files.readString(file())).startsWith("""
            # Kept by the platform team
            keys:
            # the first

            # the second
            - { id: b,\
            """);
        assertThat(run("revoke", file().toString(), "b")).isZero();
        assertThat(run("revoke", file().toString(), "c")).isZero();
        assertThat(keys().size()).isZero();
        String next = create("d");
        assertThat(keys().caller(next)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create F --id a --user u --plan free                      | 1 | id: the same as in line",
                "create F --id b --user u --plan free --expires soon       | 2 | --expires: soon (expected: a date",
                "create F --id b --user u --plan free --expires 2026-01-01 | 2 | (expected: a time that has not"
                        + " passed)",
                "create F --id b --user u                                  | 2 | --plan",
                "revoke F nobody                                           | 1 | there is no key nobody",
                "revoke F.missing a                                        | 1 | there is no such file",
                "list F.missing                                            | 1 | cannot be read",
                "F                                                         | 2 | ",
            })
    void whatIsWrongIsSaidAndChangesNothing(String args, int code, String problem) throws IOException {
        create("a");
        String before = Files.readString(file());
        assertThat(run(args.replace("F", file().toString()).split(" "))).isEqualTo(code);
        assertThat(err.toString()).contains(problem == null ? "" : problem);
        assertThat(out.toString()).isEmpty();
        assertThat(Files.readString(file())).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void aFileInAnotherFormIsLeftToItsOwner() throws IOException {
        String text = "keys: [{ id: a, sha256: " + Sha256.of("secret").hex() + ", user: u1, plan: free }]\n";
        Files.writeString(file(), text);
        assertThat(run("revoke", file().toString(), "a")).isEqualTo(1);
        assertThat(err.toString()).contains("edit this file by hand");
        assertThat(run("create", file().toString(), "--id", "b", "--user", "u", "--plan", "free"))
                .isEqualTo(1);
        assertThat(Files.readString(file())).isEqualTo(text);
    }
}
