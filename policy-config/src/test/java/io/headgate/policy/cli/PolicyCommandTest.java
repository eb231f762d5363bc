package io.headgate.policy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.source.Code;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyCommandTest {

    private static final String SHIPPED = "policies/public-api.yaml";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return PolicyCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private Path broken() throws IOException {
        return Files.writeString(folder.resolve("broken.yaml"), """
                        apiVersion: limits/v1
                        kind: Policy
                        limits:
                          api: { per: usr, rate: 1/s }
                        routes:
                          all: { match: /**, limits: [api] }
                        """);
    }

    @Test
    void aUsablePolicyIsOk() {
        assertThat(run("validate", SHIPPED, "policies")).isZero();
        assertThat(out.toString())
                .containsPattern("(?m)^policies/public-api.yaml: ok, 8 limits, 4 plans, 10 routes \\([0-9a-f]{12}\\)$")
                .containsPattern("(?m)^policies: ok, ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void problemsAreListedWithTheirPlacesAndEndWithOne() throws IOException {
        Path broken = broken();

        assertThat(run("validate", broken.toString(), SHIPPED)).isEqualTo(1);
        assertThat(out.toString().lines())
                .startsWith(
                        broken + ":4:15: error bad-value: per: usr (expected: user, tenant, ip, route, everyone,"
                                + " a claim such as jwt.device or a header such as header.X-Client)",
                        "    api: { per: usr, rate: 1/s }",
                        "                ^",
                        "  did you mean: user",
                        broken + ": 1 error")
                .endsWith("help: policy help bad-value")
                .anyMatch(line -> line.startsWith(SHIPPED + ": ok"));
    }

    @Test
    void warningsFailOnlyIfTheyAreToldTo() throws IOException {
        Path file = Files.writeString(folder.resolve("small.yaml"), """
                        apiVersion: limits/v1
                        kind: Policy
                        limits:
                          api: { per: ip, rate: 1/s }
                        routes:
                          all: { match: /**, limits: [api] }
                        """);

        assertThat(run("validate", file.toString())).isZero();
        assertThat(out.toString())
                .contains(file + ":4:3: warning no-trusted-proxies: limit api: counts by ip, but")
                .containsPattern("small.yaml: ok, 1 limit, 1 plan, 1 route \\([0-9a-f]{12}\\), 1 warning\n");
        assertThat(run("validate", "--strict", file.toString())).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --method BREW --path /api/feed    | --method: BREW (expected: GET, HEAD, POST
            --method GET --path /api/../files | --path: /api/../files (expected: a path that has one meaning only
            --method GET --path /api/%2E      | --path: /api/%2E (expected: a path that has one meaning only
            --method GET --path api           | --path: api (expected: a path such as /api/feed
            """)
    void whatNoGatewayMatchesIsNotExplained(String request, String message) {
        List<String> args = new ArrayList<>(List.of("explain", SHIPPED, "--ip", "192.0.2.7"));
        args.addAll(List.of(request.split(" ")));

        assertThat(run(args.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }

    @Test
    void aReportThatCannotBeWrittenIsNotAUsablePolicy() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        assertThat(PolicyCommand.run(new PrintWriter(full, true), new PrintWriter(err, true), "validate", SHIPPED))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("not all of the output could be written");
    }

    @Test
    void helpExplainsCodes() {
        assertThat(run("help", "bad-value", "duplicate")).isZero();
        assertThat(out.toString())
                .startsWith("bad-value\n\n  A value that is none of those the key takes.\n")
                .contains("\nduplicate\n\n  A key or a name stands twice.\n");
        assertThat(run("help", "bad-valeu")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no code bad-valeu; did you mean: bad-value");
    }

    @Test
    void helpListsAllCodes() {
        assertThat(run("help")).isZero();
        assertThat(out.toString().lines())
                .hasSize(Code.values().length)
                .contains("duplicate                 A key or a name stands twice.");
    }

    @Test
    void aMissingFileIsAProblem() {
        assertThat(run("validate", "nowhere.yaml")).isEqualTo(1);
        assertThat(out.toString()).startsWith("nowhere.yaml: error unreadable: there is no such file or folder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "valdate x.yaml",
                "validate",
                "validate --colour x.yaml",
                "validate --format xml " + SHIPPED,
                "explain",
                "explain " + SHIPPED,
                "explain " + SHIPPED + " --method GET --path /api/feed --ip localhost",
                "explain " + SHIPPED + " --method GET --path api/feed --ip 192.0.2.1",
                "explain " + SHIPPED + " --method GET --path /api/feed?page=1 --ip 192.0.2.1",
                "explain " + SHIPPED + " --method GET --path /api/feed --ip 192.0.2.1 --plan pro",
            })
    void wrongUsageIsExplainedAndEndsWithTwo(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .containsPattern("Usage: policy|Did you mean: policy validate")
                .doesNotContain("\tat ")
                .doesNotContain("\u001b");
    }

    @Test
    void helpIsNotAnError() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("validate").contains("explain");
    }

    @Test
    void explainSaysRouteLimitsAndWhereTheyComeFrom() {
        assertThat(run(
                        "explain",
                        SHIPPED,
                        "--method",
                        "get",
                        "--path",
                        "/api/feed/home",
                        "--ip",
                        "203.0.113.7",
                        "--user",
                        "demo-free-alice",
                        "--plan",
                        "free"))
                .isZero();
        assertThat(out.toString().replaceAll(":\\d+:\\d+\\)", ":L:C)")).isEqualTo("""
                        request   GET /api/feed/home from 203.0.113.7
                        caller    user demo-free-alice
                        plan      free, which the credential names
                        route     feed, GET|HEAD /api/feed/** (policies/public-api.yaml:L:C)
                        limit     gateway
                                    amount   20,000 requests per second with bursts of 5,000 (policies/public-api.yaml:L:C)
                                    counts   everyone, after authentication
                                    verdict  costs 1; what does not fit is refused with 503; without the store: local
                        limit     ip-flood
                                    amount   300 requests per minute with bursts of 100 (policies/public-api.yaml:L:C)
                                    counts   ip 203.0.113.7/32, before authentication
                                    verdict  costs 1; what does not fit is refused with 429; without the store: local
                        limit     tenant-api
                                    does not apply: it counts by tenant, which the caller does not have (policies/public-api.yaml:L:C)
                        limit     api
                                    amount   60 requests per minute with bursts of 20 (policies/public-api.yaml:L:C)
                                    counts   user demo-free-alice, after authentication
                                    verdict  costs 1; what does not fit is refused with 429; without the store: local
                        limit     api-hourly
                                    amount   2,000 requests in any hour (policies/public-api.yaml:L:C)
                                    counts   user demo-free-alice, after authentication
                                    verdict  costs 1; what does not fit is refused with 429; without the store: local
                        """);
    }

    @Test
    void schemaPrintsWhatEditorsRead() throws IOException {
        assertThat(run("schema")).isZero();
        assertThat(out.toString()).isEqualTo(Files.readString(Path.of("policies/policy.schema.json")));
    }

    @Test
    void explainNamesOverridesWithReasonAndEnd() {
        assertThat(run(
                        "explain",
                        SHIPPED,
                        "--method",
                        "GET",
                        "--path",
                        "/api/feed",
                        "--ip",
                        "203.0.113.7",
                        "--user",
                        "bob",
                        "--tenant",
                        "acme"))
                .isZero();
        assertThat(out.toString())
                .contains("plan      enterprise, by override")
                .contains("override  for tenant acme until 2030-03-31T22:00:00Z: Trial, CRM-882 (")
                .contains("verdict  always passes");
    }

    @Test
    void explainSaysThatNothingLimitsARequestWithoutRoute() throws IOException {
        Path file = Files.writeString(folder.resolve("small.yaml"), """
                        apiVersion: limits/v1
                        kind: Policy
                        limits:
                          api: { per: ip, rate: 1/s, mode: disabled }
                        routes:
                          a: { match: /a, limits: [api] }
                          b: { match: /b, limits: [] }
                        """);

        run("explain", file.toString(), "--method", "GET", "--path", "/other", "--ip", "192.0.2.1");
        run("explain", file.toString(), "--method", "GET", "--path", "/b", "--ip", "192.0.2.1");
        run("explain", file.toString(), "--method", "GET", "--path", "/a", "--ip", "192.0.2.1");

        assertThat(out.toString())
                .contains("route     none takes this request, so nothing limits it")
                .contains("limits    none: the route lists no limit")
                .contains("disabled: not counted, never refuses");
    }

    @Test
    void explainOfABrokenPolicyListsItsProblems() throws IOException {
        assertThat(run("explain", broken().toString(), "--method", "GET", "--path", "/", "--ip", "192.0.2.1"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("broken.yaml:4:15: error bad-value: per: usr");
        assertThat(out.toString()).isEmpty();
    }
}
