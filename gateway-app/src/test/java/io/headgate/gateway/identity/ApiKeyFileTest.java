package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeyFileTest {

    /** SHA-256 of {@code secret}. */
    private static final String DIGEST = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    private static final InstantSource NEW_YEARS_EVE = InstantSource.fixed(Instant.parse("2026-12-31T12:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void aKeyStandsForItsUser() throws IOException {
        ApiKeys keys = read("keys:\n  - { id: a, sha256: " + DIGEST + ", user: u1, plan: free, tenant: acme }\n");
        assertThat(keys.caller("secret")).contains(new Caller("u1", "acme", "free"));
        assertThat(keys.caller("Secret")).isEmpty();
        assertThat(keys.caller("")).isEmpty();
        assertThat(keys.caller(DIGEST)).isEmpty();
    }

    @Test
    void aKeyHasScopesAndRoles() throws IOException {
        ApiKeys keys = read("keys:\n  - { id: a, sha256: " + DIGEST
                + ", user: u1, plan: free, scopes: [feed:read, feed:write], roles: [editor] }\n");
        assertThat(keys.caller("secret").orElseThrow().grants())
                .isEqualTo(new Grants(Set.of("feed:read", "feed:write"), Set.of("editor")));
        assertThatThrownBy(() -> read("keys:\n  - { id: a, sha256: " + DIGEST
                        + ", user: u1, plan: free, scopes: feed:read, roles: [''] }\n"))
                .message()
                .contains(":2: scopes: expected a list of texts, such as [feed:read]")
                .contains(":2: roles: expected a list of texts");
    }

    @ParameterizedTest
    @CsvSource({"2027-01-01, true", "2026-12-31, false", "2026-12-31T12:00:01Z, true", "2026-12-31T12:00:00Z, false"})
    void aKeyEndsWhenItsTimeHasCome(String expires, boolean valid) throws IOException {
        ApiKeys keys =
                read("keys:\n  - { id: a, sha256: " + DIGEST + ", user: u1, plan: free, expires: " + expires + " }\n");
        assertThat(keys.caller("secret").isPresent()).isEqualTo(valid);
    }

    @Test
    void everyMistakeIsNamedWithItsLine() {
        assertThatThrownBy(() -> read("""
                        keys:
                          - { id: a, sha256: secret, user: u1, plan: free }
                          - { id: b, user: u1, plan: "", expires: soon, colour: red }
                          - { id: a, sha256: %s, user: u1, plan: free }
                          - { id: c, sha256: %s, user: u1, plan: free }
                          - nothing
                        """.formatted(DIGEST, DIGEST)))
                .isInstanceOf(ApiKeysRejected.class)
                .message()
                .contains(":2: sha256: not a SHA-256 digest (expected: 64 hexadecimal digits)")
                .contains(":3: sha256: missing")
                .contains(":3: plan: expected a text that is not empty")
                .contains(":3: expires: soon (expected: a date such as 2027-01-01, or 2027-01-01T12:00:00Z)")
                .contains(":3: colour: unknown (expected: id, sha256, user, plan, tenant, expires, scopes, roles)")
                .contains(":4: id: the same as in line 2")
                .contains(":5: sha256: the same as in line 4")
                .contains(":6: expected: {id, sha256, user, plan, tenant?, expires?, scopes?, roles?}")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''             | :1: the file is empty",
                "[]             | :1: expected: one entry, keys, with a list",
                "keys: 5        | :1: expected: one entry, keys, with a list",
                "key: []        | :1: expected: one entry, keys, with a list",
                "'keys: [{id: ' | :1: not YAML",
                "'keys: [*a]'   | :1: not YAML",
            })
    void aFileOfAnotherShapeIsRefused(String text, String problem) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ApiKeysRejected.class)
                .message()
                .contains(problem);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.yaml");
        assertThatThrownBy(() -> ApiKeyFile.read(missing, NEW_YEARS_EVE))
                .isInstanceOf(ApiKeysRejected.class)
                .message()
                .contains(missing.toString(), "cannot be read");
    }

    private ApiKeys read(String text) throws IOException {
        return ApiKeyFile.read(Files.writeString(folder.resolve("keys.yaml"), text), NEW_YEARS_EVE);
    }
}
