package io.headgate.policy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {

    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            identity: { plan: { default: free }, anonymous: { plan: free } }
            limits:
              api: { per: user, type: rate }
              daily: { per: user, window: 5/day }
              trial: { per: user, window: 1/h, mode: shadow }
            plans:
              free: { api: 60/h burst 3 }
              pro: { api: 60/h burst 30 }
            routes:
              feed: { match: GET /feed, limits: [api, trial] }
              day: { match: GET /day, limits: [daily] }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path policy;

    @BeforeEach
    void policy() throws IOException {
        policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    }

    private int simulate(List<String> lines, String... options) throws IOException {
        Path log = Files.write(folder.resolve("access.ndjson"), lines);
        String[] args = new String[4 + options.length];
        args[0] = "simulate";
        args[1] = policy.toString();
        args[2] = "--log";
        args[3] = log.toString();
        System.arraycopy(options, 0, args, 4, options.length);
        return PolicyCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private static String line(int second, String user, String rest) {
        return "{\"at\":\"2026-11-20T10:00:%02d.000000Z\",\"method\":\"GET\",\"path\":\"/feed\",\"ip\":\"192.0.2.1\",\"user\":\"%s\"%s}"
                .formatted(second, user, rest);
    }

    /** Ann asks five times within as many seconds, Bob once. */
    private static List<String> traffic() {
        return List.of(
                line(0, "ann", ",\"verdict\":\"allowed\""),
                line(1, "ann", ",\"verdict\":\"allowed\""),
                line(2, "ann", ",\"verdict\":\"allowed\""),
                line(3, "bob", ",\"verdict\":\"allowed\",\"plan\":\"pro\""),
                line(4, "ann", ",\"verdict\":\"refused\",\"by\":[\"api\"]"),
                line(5, "ann", ",\"verdict\":\"allowed\""));
    }

    @Test
    void aPolicyIsComparedWithWhatTheLogSays() throws IOException {
        assertThat(simulate(traffic())).isZero();
        assertThat(out.toString()).isEqualTo("""
                6 requests of 2 subjects, 2026-11-20T10:00:00Z to 2026-11-20T10:00:05Z
                refused: in the log 1 (16.66 %), policy 2 (33.33 %)
                newly refused: 1 requests; 0 subjects that were refused nothing before

                refused by limit and plan
                  limit  plan  requests  in the log  policy   in shadow
                  api    free  5         20.00 %     40.00 %
                  api    pro   1         0.00 %      0.00 %
                  trial  free  0         0.00 %      0.00 %   2

                who loses most
                  subject   plan  requests  in the log  policy
                  user ann  free  5         1           2

                asked for in any period, at most
                  limit  plan  subjects  half  95 %  99 %  all  now            enough for 99 %
                  api    free  1         5     5     5     5    60/h burst 3   60/h burst 5
                  api    pro   1         1     1     1     1    60/h burst 30  60/h burst 1

                the policy as replayed and the log agree on 5 (83.33 %) of the requests
                """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aCandidateIsComparedWithThePolicy() throws IOException {
        Path candidate = Files.writeString(
                folder.resolve("candidate"),
                POLICY.replace("burst 30 }", "burst 1 }").replace("burst 3 }", "burst 2 }"));

        assertThat(simulate(traffic(), "--candidate", candidate.toString())).isZero();
        assertThat(out.toString())
                .contains("refused: policy 2 (33.33 %), candidate 3 (50.00 %)")
                .contains("newly refused: 1 requests; 0 subjects that were refused nothing before")
                .contains("  user ann  free  5         2       3\n");
    }

    @Test
    void whoWasNeverRefusedBeforeIsCounted() throws IOException {
        Path candidate = Files.writeString(
                folder.resolve("candidate"), POLICY.replace("pro: { api: 60/h burst 30 }", "pro: { api: 0 }"));

        simulate(traffic(), "--candidate", candidate.toString());

        assertThat(out.toString()).contains("newly refused: 1 requests; 1 subjects that were refused nothing before");
    }

    /** What a log without sizes and sessions never could tell: bytes cost nothing there, and nobody names a session. */
    @Test
    void bytesAndSessionsCountAsFarAsTheLogTellsThem() throws IOException {
        Files.writeString(policy, """
                apiVersion: limits/v1
                kind: Policy
                identity: { plan: { default: free }, anonymous: { plan: free } }
                limits:
                  bytes: { per: user, window: 1 KiB/day, unit: bytes }
                  streams: { per: user, concurrent: 1, lease: 45s }
                plans:
                  free: {}
                routes:
                  feed: { match: GET /feed, limits: [bytes, streams], cost: { bytes: $content-length }, session: query.sid }
                """);
        String size = ",\"headers\":{\"content-length\":\"600\"}";
        String one = ",\"sessions\":{\"query.sid\":\"3f0c6a1be2d94f57\"}";
        String other = ",\"sessions\":{\"query.sid\":\"09d1c77a5be40f12\"}";

        assertThat(simulate(List.of(
                        line(0, "ann", size),
                        line(1, "ann", size),
                        line(2, "bob", one),
                        line(3, "bob", one),
                        line(4, "bob", other),
                        line(5, "cat", size + ",\"prepaid\":[\"bytes\"]"),
                        line(6, "cat", size))))
                .isZero();
        assertThat(out.toString())
                .contains("policy 2 (28.57 %)")
                .contains("user ann  free  2")
                .contains("user bob  free  3");

        out.getBuffer().setLength(0);
        assertThat(simulate(List.of(line(0, "ann", ""), line(1, "ann", ""), line(2, "bob", ""), line(3, "bob", ""))))
                .isZero();
        assertThat(out.toString()).contains("policy 0 (0.00 %)");
    }

    @Test
    void linesThatCannotBeUsedAreSaid() throws IOException {
        assertThat(simulate(List.of(line(0, "ann", ""), "oops", "{\"at\":\"yesterday\"}")))
                .isZero();
        assertThat(out.toString()).startsWith("1 requests of 1 subjects");
        assertThat(err.toString())
                .contains("2 of 3 lines cannot be used, the first is line 2: not JSON: Unrecognized token 'oops'");
    }

    @Test
    void aFileThatIsNoLogIsAnError() throws IOException {
        assertThat(simulate(List.of("oops"))).isEqualTo(1);
        assertThat(simulate(List.of())).isZero();
        assertThat(out.toString()).contains("no requests");
    }

    @Test
    void aLogThatIsNotSortedIsSaid() throws IOException {
        simulate(List.of(line(30, "ann", ""), line(2, "ann", "")));

        assertThat(out.toString()).contains("the log is not in order of time (1 lines are early)");
    }

    @Test
    void aLogThatIsNotThereIsAnError() {
        assertThat(PolicyCommand.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        "simulate",
                        policy.toString(),
                        "--log",
                        folder.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("none: there is no such file");
    }

    @Test
    void withoutTheKeyExceptionsMayMissTheirSubjects() throws IOException {
        Files.writeString(policy, POLICY + """
                overrides:
                  - { for: { user: ann }, set: { api: 60/h burst 9 }, reason: "A test", until: 2090-01-01 }
                """);

        simulate(traffic());

        assertThat(out.toString()).contains("policy 0 (0.00 %)");
        assertThat(err.toString()).contains("with --key-file also for those whom the gateway has given pseudonyms");
    }
}
