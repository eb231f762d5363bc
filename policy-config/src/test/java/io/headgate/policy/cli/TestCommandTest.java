package io.headgate.policy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestCommandTest {

    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            identity: { plan: { default: free }, anonymous: { plan: free } }
            limits:
              api: { per: user, type: rate }
              trial: { per: user, rate: 1/min, mode: shadow }
              upload: { per: user, type: window }
              slots: { per: user, concurrent: 2 }
              guard: { per: ip, window: 2/min, stage: before-auth }
            plans:
              free: { api: 60/min burst 3, upload: 0 }
            routes:
              feed: { match: GET /feed, limits: [api, trial] }
              upload: { match: POST /files, limits: [upload] }
              slots: { match: GET /slots, limits: [slots] }
              play: { match: GET /play, limits: [slots], session: query.sid }
              login: { match: POST /login, limits: [guard], deny-with: 503 }
            lists:
              block: [{ user: u_bad, reason: "INC-1" }]
            """;

    private static final String HEAD = """
            apiVersion: limits/v1
            kind: PolicyTest
            callers:
              ann: { ip: 192.0.2.1, user: ann }
              bad: { ip: 192.0.2.2, user: u_bad }
              guesser: { ip: 192.0.2.3, credential: rejected }
            tests:
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void policy() throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), POLICY);
    }

    private int run(String... args) {
        return PolicyCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private int test(String tests) throws IOException {
        Files.writeString(folder.resolve("some.test.yaml"), HEAD + tests);
        return run("test", folder.toString());
    }

    @Test
    void whatARouteRequiresIsTested() throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: limits/v1
                kind: Policy
                limits:
                  guard: { per: ip, window: 2/h, stage: before-auth }
                  own: { per: user, window: 5/h }
                routes:
                  post: { match: POST /feed, limits: [guard, own], require: { scopes: [write], roles: [admin] } }
                """);
        Files.writeString(folder.resolve("some.test.yaml"), """
                apiVersion: limits/v1
                kind: PolicyTest
                callers:
                  nobody: { ip: 192.0.2.1 }
                  reader: { ip: 192.0.2.2, user: reader, scopes: [read] }
                  writer: { ip: 192.0.2.3, user: writer, scopes: [read, write], roles: [admin] }
                tests:
                  it works:
                    - { as: writer, send: POST /feed, expect: { verdict: allowed, remaining: { own: 4 } } }
                    - { as: nobody, send: POST /feed, expect: { verdict: unauthenticated, status: 401 } }
                    - { as: reader, send: POST /feed, times: 2, expect: { verdict: forbidden, status: 403 } }
                    - { as: reader, send: POST /feed, expect: { verdict: refused, by: guard } }
                """);
        assertThat(run("test", folder.toString())).describedAs(out.toString()).isZero();
    }

    @Test
    void theShippedPolicyKeepsItsPromises() throws IOException {
        assertThat(run("test", "policies")).describedAs(out.toString()).isZero();
        assertThat(guide()).contains("policy test policy-config/policies\n" + out);
    }

    @Test
    void theGuidesExampleHolds() throws IOException {
        String guide = guide();
        int from = guide.indexOf("```yaml\n", guide.indexOf("## test")) + "```yaml\n".length();
        Path example =
                Files.writeString(folder.resolve("guide.test.yaml"), guide.substring(from, guide.indexOf("```", from)));

        assertThat(run("test", example.toString(), "--policy", "policies"))
                .describedAs(out.toString())
                .isZero();
    }

    private static String guide() throws IOException {
        return Files.readString(Path.of("../docs/policy-tools.md"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "send: GET /feed, as: ann, times: 3, expect: allowed",
                "send: GET /feed, as: ann, times: 5, expect: { allowed: 3 }",
                "send: GET /feed, as: ann, times: 9, every: 1s, expect: { verdict: allowed, remaining: { api: 2 } }",
                "send: GET /feed, as: ann, expect: { route: feed, plan: free, shadow: [] }",
                "send: POST /files, as: ann, expect: { by: upload, status: 429, retry-after: never }",
                "send: GET /feed, as: bad, expect: blocked",
                "send: GET /feed, as: bad, expect: { status: 403 }",
                "send: GET /feed, as: guesser, times: 2, expect: unauthenticated",
                "send: GET /feed, as: guesser, times: 3, expect: { allowed: 0 }",
                "send: POST /login, as: ann, times: 3, expect: { allowed: 2 }",
                "send: GET /slots, as: ann, times: 9, expect: { verdict: allowed, remaining: { slots: 1 } }",
                "send: GET /slots, as: ann, takes: 10s, times: 9, expect: { allowed: 2 }",
                "send: GET /slots, as: ann, takes: 10s, times: 9, every: 5s, expect: { verdict: allowed, remaining: { slots: 0 } }",
                "send: GET /play?sid=a, as: ann, times: 9, expect: { verdict: allowed, remaining: { slots: 1 } }",
                "send: GET /nowhere, as: ann, times: 9, expect: { verdict: allowed, route: none }",
            })
    void whatHoldsPasses(String step) throws IOException {
        assertThat(test("  it holds: [{ " + step + " }]\n"))
                .describedAs(out + "" + err)
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "send: GET /feed, as: ann, times: 4, expect: allowed                 | verdict: refused",
                "send: GET /feed, as: ann, expect: refused                           | verdict: allowed",
                "send: GET /feed, as: ann, times: 5, expect: { allowed: 4 }          | allowed: 3",
                "send: GET /feed, as: ann, expect: { remaining: { api: 3 } }         | remaining api: 2",
                "send: GET /feed, as: ann, expect: { remaining: { trial: 0 } }       | remaining trial: not counted",
                "send: GET /feed, as: ann, times: 2, expect: { shadow: [] }          | shadow: trial",
                "send: GET /feed, as: ann, expect: { status: 429 }                   | status: the backend's",
                "send: POST /files, as: ann, expect: { retry-after: 1s }             | retry-after: never",
                "send: GET /feed, as: ann, expect: { route: login }                  | route: feed",
                "send: GET /feed, as: ann, expect: { plan: pro }                     | plan: free",
                "send: GET /feed, as: bad, expect: { by: api }                       | verdict: blocked",
            })
    void whatDoesNotHoldFails(String step, String actual) throws IOException {
        assertThat(test("  it holds: [{ " + step + " }]\n")).isEqualTo(1);
        assertThat(out.toString()).contains("FAIL it holds").contains("    but was   " + actual);
    }

    @Test
    void whatARequestHoldsIsFreeAgainWhenItIsDone() throws IOException {
        assertThat(test("""
                  long jobs:
                    - { send: GET /slots, as: ann, takes: 2min, times: 2, expect: allowed }
                    - { send: GET /slots, as: ann, at: 119s, expect: { by: slots } }
                    - { send: GET /slots, as: ann, at: 120s, expect: allowed }
                  sessions:
                    - { send: GET /play?sid=a, as: ann, expect: allowed }
                    - { send: GET /play?sid=b, as: ann, expect: allowed }
                    - { send: GET /play?sid=a, as: ann, at: 10s, expect: allowed }
                    - { send: GET /play?sid=c, as: ann, at: 10s, expect: { by: slots } }
                    - { send: GET /play?sid=c, as: ann, at: 30s, expect: allowed }
                """)).describedAs(out + "" + err).isZero();
    }

    @Test
    void aFailureSaysWhatWasSentAndWhy() throws IOException {
        assertThat(test("""
                  it passes: [{ send: GET /feed, as: ann, expect: allowed }]
                  ann may burst by four:
                    - { send: GET /feed, as: ann, expect: allowed }
                    - { send: GET /feed, as: ann, at: 500ms, times: 3, expect: allowed }
                """)).isEqualTo(1);
        assertThat(out.toString().replace(folder.toString(), "FOLDER")).isEqualTo("""
                FAIL ann may burst by four
                  FOLDER/some.test.yaml:11:7: GET /feed as ann at 500ms, request 3 of 3
                    expected  verdict: allowed
                    but was   verdict: refused
                    route     feed, plan free
                    refused   by api, which allows 60 requests per minute with bursts of 3
                    left      api 0
                1 passed, 1 failed
                """);
    }

    @Test
    void aTestBeginsWhenItSays() throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), POLICY + """
                overrides:
                  - { for: { user: ann }, set: { api: 10/min }, reason: "A test", until: "2030-06-01T12:00Z" }
                """);

        assertThat(test("""
                  the exception ends:
                    start: "2030-06-01T11:59Z"
                    steps:
                      - { send: GET /feed, as: ann, expect: { remaining: { api: 9 } } }
                      - { send: GET /feed, as: ann, at: 1min, expect: { remaining: { api: 2 } } }
                """)).describedAs(out.toString()).isZero();
    }

    @Test
    void anotherPolicyCanBeHeldToTheSameTests() throws IOException {
        Path candidate = Files.writeString(folder.resolve("candidate.yaml.new"), POLICY.replace("burst 3", "burst 2"));
        test("  three at once: [{ send: GET /feed, as: ann, times: 3, expect: allowed }]\n");

        assertThat(run("test", folder.toString(), "--policy", candidate.toString()))
                .isEqualTo(1);
    }

    @Test
    void buildServersReadTheOutcome() throws IOException {
        test("""
                  it passes: [{ send: GET /feed, as: ann, expect: allowed }]
                  it fails: [{ send: GET /feed, as: ann, expect: refused }]
                """);
        out.getBuffer().setLength(0);

        assertThat(run("test", folder.toString(), "--format", "junit")).isEqualTo(1);
        assertThat(out.toString())
                .contains("tests=\"2\" failures=\"1\"")
                .contains("name=\"it passes\"")
                .contains("message=\"expected verdict: refused, but was: allowed\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "send: GET /feed, as: anne, expect: allowed                      | unknown-name: as: anne (expected: ann, bad or guesser)",
                "send: /feed, as: ann, expect: allowed                           | bad-value: send: /feed (expected: a method and a path such as GET /api/feed)",
                "send: GET feed, as: ann, expect: allowed                        | bad-value: send: feed (expected: a path such as /api/feed)",
                "send: GET /feed, as: ann, expect: fine                          | bad-value: expect: fine (expected: allowed, refused, blocked, unauthenticated or forbidden)",
                "send: GET /feed, as: ann                                        | missing-key: step: no expect (expected: allowed, refused, or more about the answer)",
                "send: GET /feed, as: ann, expect: allowed, after: 1s            | unknown-key: step: there is no key after",
                "send: GET /feed, as: ann, times: 0, expect: allowed             | bad-number: times: 0 (expected: from 1 to 100000)",
                "send: GET /feed, as: ann, expect: { remaining: {} }             | bad-value: remaining: nothing (expected: limits by name)",
            })
    void whatIsWrongWithATestIsSaid(String step, String problem) throws IOException {
        assertThat(test("  it holds: [{ " + step + " }]\n")).isEqualTo(1);
        assertThat(out.toString()).contains("some.test.yaml:8:").contains("error " + problem);
    }

    @Test
    void timeDoesNotGoBack() throws IOException {
        assertThat(test("""
                  it holds:
                    - { send: GET /feed, as: ann, at: 10s, times: 3, every: 5s, expect: allowed }
                    - { send: GET /feed, as: ann, at: 19s, expect: allowed }
                """)).isEqualTo(1);
        assertThat(out.toString()).contains("at: 19s (expected: not before 20s, when the step before is done)");
    }

    @Test
    void aFolderWithoutTestsIsWrongUsage() {
        assertThat(run("test", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no tests in this folder (expected: *.test.yaml)");
    }
}
