package io.headgate.policy.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beyond the examples of {@code codes.md}: where the warnings stand, and what they are not about. */
class PolicyLintTest {

    private static List<Problem> lint(PolicyText text) {
        LoadResult result = new PolicyLoader().load(text);
        return result instanceof LoadResult.Loaded loaded
                ? PolicyLint.of(text, loaded.policy().rules())
                : fail(result.toString());
    }

    private static List<String> lint(String yaml) {
        return lint(PolicyText.of("p.yaml", "apiVersion: limits/v1\nkind: Policy\n" + yaml)).stream()
                .map(problem -> problem.line() + " " + problem.code() + ": " + problem.message())
                .toList();
    }

    @Test
    void theShippedPolicyHasNone() {
        assertThat(lint(PolicyText.read(Path.of("policies")))).isEmpty();
    }

    @Test
    void aPlanIsHeldAgainstTheOneItExtendsWhereItSaysSo() {
        assertThat(lint("""
                        identity: { plan: { default: free }, anonymous: { plan: free } }
                        limits:
                          api: { per: user, type: rate }
                        plans:
                          free: { api: 60/min burst 20 }
                          pro:
                            extends: free
                            api: 6/min burst 20
                          trial: { api: 1/min }
                        routes:
                          all: { match: /**, limits: [api] }
                        """))
                .containsExactly(
                        "10 plan-tighter-than-parent: plan pro: limit api allows 6 requests per minute with bursts of 20,"
                                + " less than plan free, which it extends (60 requests per minute with bursts of 20)");
    }

    @Test
    void aWindowIsOnlyIdleIfItIsIdleOnEachPlan() {
        String policy = """
                        identity: { plan: { default: free }, anonymous: { plan: free } }
                        limits:
                          api:    { per: user, type: rate }
                          hourly: { per: user, window: 5k/h }
                        plans:
                          free: { api: 60/min burst 20 }
                          pro:  { api: %s }
                        routes:
                          all: { match: /**, limits: [api, hourly] }
                        """;
        assertThat(lint(policy.formatted("600/min"))).isEmpty();
        assertThat(lint(policy.formatted("70/min")))
                .containsExactly(
                        "6 limit-never-bites: limit hourly: 5,000 requests in any hour are never reached, since"
                                + " limit api lets no more than 4270 through");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // the rate only reports
                "{ match: /**, limits: [api, hourly], mode: shadow }",
                // a second route, without the rate
                "{ match: /**, limits: [api, hourly] }\n  other: { match: /other, limits: [hourly] }",
            })
    void aWindowThatSomeRequestsReachAloneIsNotIdle(String routes) {
        assertThat(lint("""
                        limits:
                          api:    { per: user, rate: 60/min burst 20 }
                          hourly: { per: user, window: 5k/h }
                        routes:
                          all: %s
                        """.formatted(routes))).isEmpty();
    }

    @Test
    void headIsLimitedWhereAnyOtherRouteTakesIt() {
        assertThat(lint("""
                        limits:
                          api: { per: user, rate: 60/min }
                        routes:
                          feed: { match: GET /feed/*, limits: [api] }
                          some: { match: { path: /feed/**, suffix: [.js] }, limits: [api] }
                        """))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("6 head-without-limits: route feed (GET /feed/*): ");
        assertThat(lint("""
                        limits:
                          api: { per: user, rate: 60/min }
                        routes:
                          feed: { match: GET /feed/*, limits: [api] }
                          rest: { match: HEAD|POST /**, limits: [api] }
                        """)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%41", "/a;b", "/%2e", "/caf%c3%a9"})
    void aPathThatIsNeverSpeltSoIsNeverReached(String path) {
        assertThat(lint("""
                        limits:
                          api: { per: user, rate: 60/min }
                        routes:
                          odd: { match: "%s", limits: [api] }
                        """.formatted(path))).hasSize(1).first().asString().contains("unreachable-route: route odd");
    }

    @Test
    void aPathInItsCanonicalSpellingIsReached() {
        assertThat(lint("""
                        limits:
                          api: { per: user, rate: 60/min }
                        routes:
                          cafe: { match: "/caf%C3%A9/a%20b", limits: [api] }
                        """)).isEmpty();
    }
}
