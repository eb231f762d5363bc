package io.headgate.policy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {

    private static final String BEFORE = """
            apiVersion: limits/v1
            kind: Policy
            identity: { plan: { default: free }, anonymous: { plan: free } }
            limits:
              api:    { per: user, type: rate }
              search: { per: user, window: 30/min }
              login:  { per: ip, window: 5/min, stage: before-auth }
            plans:
              free: { api: 60/min burst 20 }
              pro:  { api: 600/min burst 120 }
            routes:
              login: { match: POST /login, limits: [login] }
              all:   { match: /**, limits: [api, search] }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int diff(String before, String after, String... options) throws IOException {
        String[] args = new String[options.length + 3];
        args[0] = "diff";
        args[1] = Files.writeString(folder.resolve("before.yaml"), before).toString();
        args[2] = Files.writeString(folder.resolve("after.yaml"), after).toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return PolicyCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private String shown() {
        return out.toString().replace(folder + "/", "");
    }

    @Test
    void twoSpellingsOfOnePolicyAreNoDifference() throws IOException {
        String other = BEFORE.replace("600/min", "600/1min").replace("limits:\n", "limits: # whom\n");

        assertThat(diff(BEFORE, other)).isZero();
        assertThat(shown()).isEqualTo("no difference\n");
    }

    @Test
    void amountsAreTighterOrLooserAndTheirCountersCarryOver() throws IOException {
        String after = BEFORE.replace("60/min burst 20", "45/min burst 15").replace("window: 30/min", "window: 40/min");

        assertThat(diff(BEFORE, after)).isEqualTo(2);
        assertThat(shown()).isEqualTo("""
                        amounts
                          free        api     tighter: 60 requests per minute with bursts of 20 -> 45 requests per minute with bursts of 15 (after.yaml:9:16)
                          every plan  search  looser:  30 requests in any minute -> 40 requests in any minute (after.yaml:6:32)
                        counters
                          api carry over: what was used stays used
                          search carry over: what was used stays used
                        2 differences: 1 tighter, 1 looser
                        """);
    }

    @Test
    void whatCountsBySomethingElseStartsAnew() throws IOException {
        String after = BEFORE.replace("search: { per: user", "search: { per: [user, route]")
                .replace("window: 5/min", "rate: 5/min");

        assertThat(diff(BEFORE, after)).isEqualTo(2);
        assertThat(shown())
                .contains("  ~ search per: user -> user, route\n")
                .contains("  search start anew: it counts by something else\n")
                .contains("  login start anew: it is counted by another algorithm\n");
    }

    @Test
    void routesAndWhatTheySayAreCompared() throws IOException {
        String after = BEFORE.replace("limits: [login] }", "limits: [login], deny-with: 503 }")
                .replace("  all:", "  new:   { match: /new, limits: [api], cost: 2 }\n  all:");

        assertThat(diff(BEFORE, after)).isEqualTo(2);
        assertThat(shown())
                .contains("  ~ login limits: login -> login with deny-status 503\n")
                .contains("  + new: pattern /new; limits api at a cost of 2\n")
                .endsWith("2 differences: 2 other\n");
    }

    @Test
    void plansThatComeOrGoAreShownWithWhatTheyAllow() throws IOException {
        String after = BEFORE.replace("pro:  { api: 600/min burst 120 }", "max:  { api: 6/s }");

        assertThat(diff(BEFORE, after)).isEqualTo(2);
        assertThat(shown()).isEqualTo("""
                        plans
                          - pro: api 600 requests per minute with bursts of 120; login 5 requests in any minute; search 30 requests in any minute
                          + max: api 6 requests per second; login 5 requests in any minute; search 30 requests in any minute
                        2 differences: 2 other
                        """);
    }

    @Test
    void whatCountsByRouteStartsAnewOnARouteOfAnotherName() throws IOException {
        String before = BEFORE.replace("login:  { per: ip", "login:  { per: [ip, route]");
        String after = before.replace("login: { match", "sign-in: { match");

        assertThat(diff(before, after)).isEqualTo(2);
        assertThat(shown()).contains("  login start anew: it counts by route, and has new ones: sign-in\n");
    }

    @Test
    void scriptsGetJson() throws IOException {
        assertThat(diff(BEFORE, BEFORE.replace("burst 20", "burst 10"), "--format", "json"))
                .isEqualTo(2);
        assertThat(shown()).contains("\"different\": true", "\"strictness\": \"tighter\"", "\"carries-over\": true");
    }

    @Test
    void aBrokenPolicyIsNotADifference() throws IOException {
        assertThat(diff(BEFORE, BEFORE.replace("per: ip", "per: pi"))).isEqualTo(1);
        assertThat(err.toString()).contains("bad-value");
        assertThat(diff(BEFORE, BEFORE, "--colour")).isEqualTo(1);
    }
}
