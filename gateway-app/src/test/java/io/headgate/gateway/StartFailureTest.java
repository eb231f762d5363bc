package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator reads when a gateway does not start: what is wrong, where, and what was expected. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTest {

    @TempDir
    Path folder;

    private Path policy;

    @BeforeEach
    void writePolicy() throws IOException {
        policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/policy.yaml"));
    }

    @Test
    void noPolicy(CapturedOutput output) {
        start();
        assertThat(output).contains("headgate.policy: not set", "Expected: a policy file or a folder of them");
        assertOneMessage(output);
    }

    @Test
    void aPolicyThatIsNotThere(CapturedOutput output) {
        start("--headgate.policy=" + folder.resolve("none.yaml"));
        assertThat(output).contains("headgate.policy: ", folder.resolve("none.yaml") + ": error");
        assertOneMessage(output);
    }

    @Test
    void aPolicyWithMistakes(CapturedOutput output) throws IOException {
        String text = Files.readString(policy);
        Files.writeString(policy, text.replace("per: ip,", "per: up,").replace("2_000/h", "2_000/fortnight"));
        start("--headgate.policy=" + policy);
        assertThat(output.toString())
                .containsPattern("policy.yaml:\\d+:\\d+: error")
                .contains("per: up", "2_000/fortnight");
        assertOneMessage(output);
    }

    @Test
    void aSettingThatDoesNotExist(CapturedOutput output) {
        start("--headgate.policy=" + policy, "--headgate.stor.type=redis");
        assertThat(output)
                .contains("headgate.stor.type: there is no such setting", "Did you mean headgate.store.type?")
                .contains("commandLineArgs", "headgate.auth.api-keys");
        assertOneMessage(output);
    }

    @Test
    void aSettingWithAValueThatIsNone(CapturedOutput output) {
        start("--headgate.policy=" + policy, "--headgate.store.type=postgres");
        assertThat(output).contains("headgate.store.type", "postgres", "HAZELCAST", "MEMORY", "REDIS");
        assertOneMessage(output);
    }

    @Test
    void aStoreAddressThatIsNone(CapturedOutput output) {
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=redis",
                "--headgate.store.redis.address=localhost:6379");
        assertThat(output).contains("headgate.store.redis", "localhost:6379", "redis://host:port");
        assertOneMessage(output);
    }

    @Test
    void aMemberAddressThatIsNone(CapturedOutput output) {
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=hazelcast",
                "--headgate.store.hazelcast.members=nowhere");
        assertThat(output).contains("headgate.store.hazelcast", "nowhere", "host:port");
        assertOneMessage(output);
    }

    @Test
    void aCeilingOfNothing(CapturedOutput output) {
        start("--headgate.policy=" + policy, "--headgate.store.type=memory", "--headgate.edge.head-timeout=0s");
        assertThat(output).contains("headgate.edge.head-timeout: PT0S", "Expected: a duration such as 10s");
        assertOneMessage(output);
    }

    @Test
    void aListOfRevokedTokensWithMistakes(CapturedOutput output) throws IOException {
        Path revoked = Files.writeString(folder.resolve("revoked"), "jti a\nuser b\n");
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.jwt.issuer=http://127.0.0.1:1/",
                "--headgate.auth.jwt.audience=tests",
                "--headgate.auth.jwt.jwk-set-uri=http://127.0.0.1:1/jwks",
                "--headgate.auth.jwt.revoked=" + revoked);
        assertThat(output).contains("headgate.auth.jwt.revoked", revoked + ":2: user b (expected: jti <id>");
        assertOneMessage(output);
    }

    @Test
    void anAccessLogThatCannotBeWritten(CapturedOutput output) {
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.access-log=/nowhere/access.ndjson");
        assertThat(output)
                .contains("headgate.access-log: /nowhere/access.ndjson", "Expected: a file that can be written");
        assertOneMessage(output);
    }

    @Test
    void aHazelcastPortThatIsTaken(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(
                    "--headgate.policy=" + policy,
                    "--headgate.store.type=hazelcast",
                    "--headgate.store.hazelcast.port=" + taken.getLocalPort());
            assertThat(output)
                    .contains("headgate.store.hazelcast.port: " + taken.getLocalPort() + " cannot be used")
                    .contains("Expected: a port that no other process listens on");
        }
        assertOneMessage(output);
    }

    @Test
    void aBackendThatIsNoAddress(CapturedOutput output) {
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=http://feed/api");
        assertThat(output)
                .contains("headgate.backends.feed.uri: http://feed/api", "Expected: http://host:port, without a path");
        assertOneMessage(output);
    }

    @Test
    void aKeyFileWithMistakes(CapturedOutput output) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys.yaml"), "keys:\n  - { id: a, sha256: x, user: u }\n");
        start("--headgate.policy=" + policy, "--headgate.store.type=memory", "--headgate.auth.api-keys=" + keys);
        assertThat(output)
                .contains("headgate.auth.api-keys: ", "keys.yaml:2: sha256: not a SHA-256 digest")
                .contains("keys.yaml:2: plan: missing");
        assertOneMessage(output);
    }

    @Test
    void halfAnIssuer(CapturedOutput output) {
        start("--headgate.policy=" + policy, "--headgate.auth.jwt.issuer=https://issuer.example");
        assertThat(output).contains("headgate.auth.jwt.audience: not set");
        assertOneMessage(output);
    }

    @Test
    void anAlgorithmThatProvesNothing(CapturedOutput output) {
        start(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.jwt.issuer=https://issuer.example",
                "--headgate.auth.jwt.audience=api",
                "--headgate.auth.jwt.jwk-set-uri=https://issuer.example/jwks",
                "--headgate.auth.jwt.algorithms=HS256");
        assertThat(output).contains("headgate.auth.jwt.algorithms: HS256", "Expected: some of", "RS256", "ES256");
        assertOneMessage(output);
    }

    @Test
    void aPortThatIsTaken(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            start(
                    "--headgate.policy=" + policy,
                    "--headgate.store.type=memory",
                    "--server.port=" + taken.getLocalPort());
            assertThat(output).contains("Port " + taken.getLocalPort() + " was already in use");
        }
        assertOneMessage(output);
    }

    private static void start(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--management.server.port=0"));
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf('=') + 1);
            arguments.removeIf(argument -> argument.startsWith(name));
            arguments.add(setting);
        }
        assertThatThrownBy(() -> new SpringApplicationBuilder(HeadgateGateway.class)
                .run(arguments.toArray(String[]::new))
                .close());
    }

    private static void assertOneMessage(CapturedOutput output) {
        assertThat(output.toString().split("APPLICATION FAILED TO START", -1)).hasSize(2);
        assertThat(output).doesNotContain("\tat ");
    }
}
