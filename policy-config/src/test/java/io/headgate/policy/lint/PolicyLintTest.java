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
import org.junit.jupiter.params.provider.CsvSource;
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
    void whatIsListedOrExcusedIsNoProxy() {
        String policy = """
                        identity: { client-ip: { trusted-proxies: [10.0.0.0/8, "2001:db8::/32"] } }
                        limits: { flood: { per: ip, rate: 300/min } }
                        routes: { all: { match: /**, limits: [flood] } }
                        lists:
                          block: [{ ip: 10.1.2.3, reason: INC-1 }, { ip: 192.0.2.0/24, reason: INC-2 }]
                          exempt: [{ ip: "2001::/16", reason: OPS-1 }, { user: u_9, reason: OPS-2 }]
                        """;

        assertThat(lint(policy))
                .containsExactly(
                        "7 list-covers-proxy: block: ip 10.1.2.3/32: overlaps the trusted proxies 10.0.0.0/8, so whatever"
                                + " they do not name a client for is turned away",
                        "8 list-covers-proxy: exempt: ip 2001:0:0:0:0:0:0:0/16: overlaps the trusted proxies"
                                + " 2001:db8:0:0:0:0:0:0/32, so limits never refuse whatever they do not name a client for");
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
    void aPlanWithMoreOfOneLimitThanCallersHaveAnywayShouldNotHaveLessOfAnother() {
        String policy = """
                        identity: { plan: { default: free }, anonymous: { plan: anonymous } }
                        limits:
                          api:     { per: user, type: rate }
                          reports: { per: user, type: quota }
                        plans:
                          anonymous: { api: 90/min, reports: 1/day }
                          free: { api: 60/min, reports: 10/day }
                          pro: { api: %s, reports: 100/day }
                          gold: { extends: pro, reports: 1k/day }
                          paused: { api: 0, reports: 0 }
                        routes:
                          all: { match: /**, limits: [api, reports] }
                        """;
        String freeIsTighter =
                "9 plan-tighter-than-default: plan free: limit api allows 60 requests per minute, less than"
                        + " plan anonymous, than which it allows more of other limits (90 requests per minute)";

        assertThat(lint(policy.formatted("600/min"))).containsExactly(freeIsTighter);
        assertThat(lint(policy.formatted("6/min")))
                .hasSize(2)
                .contains(freeIsTighter)
                .last()
                .asString()
                .startsWith(
                        "10 plan-tighter-than-default: plan pro: limit api allows 6 requests per minute, less than plan ");
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

    @ParameterizedTest
    @CsvSource({
        "window: 511/min, 511 requests in any minute",
        "window: 10k/255ms, '10,000 requests in any 255 milliseconds'",
        "rate: 500/s, 500 requests per second",
        "rate: 10k/s burst 2k, '10,000 requests per second with bursts of 2,000'",
    })
    void aLimitThatIsToBeLeasedAllowsEnoughForIt(String amount, String words) {
        String policy = """
                        limits:
                          api: { per: everyone, %s, exactness: leased }
                        routes:
                          all: { match: /**, limits: [api] }
                        """;
        assertThat(lint(policy.formatted(amount)))
                .singleElement()
                .asString()
                .startsWith("4 leased-in-vain: limit api: " + words + " are counted exactly, since");
    }

    @ParameterizedTest
    @ValueSource(strings = {"window: 512/min", "window: 10k/256ms", "rate: 10k/s burst 2560", "rate: unlimited"})
    void aLimitThatCanBeLeasedOrIsNotCountedIsNotWarnedOf(String amount) {
        assertThat(lint("""
                        limits:
                          api: { per: everyone, %s, exactness: leased }
                        routes:
                          all: { match: /**, limits: [api] }
                        """.formatted(amount))).isEmpty();
    }

    @Test
    void aLimitThatIsLeasedForSomebodyIsNotLeasedInVain() {
        String policy = """
                        identity: { plan: { default: free }, anonymous: { plan: free } }
                        limits:
                          api: { per: user, type: window, exactness: leased }
                        plans:
                          free: { api: 60/min }
                          pro:  { extends: free, api: %s }
                        routes:
                          all: { match: /**, limits: [api] }
                        """;
        assertThat(lint(policy.formatted("6k/min"))).isEmpty();
        for (String elsewhere : List.of(
                "overrides: [{ for: { user: u_1 }, set: { api: 6k/min }, until: 2999-01-01, reason: OPS-1 }]",
                "schedules: [{ name: night, when: daily 22:00-06:00, plans: [pro], scale: { api: x100 } }]",
                "rollouts: [{ name: more, set: { pro: { api: 6k/min } }, mode: enforce, percent: 10 }]")) {
            assertThat(lint(policy.formatted("70/min") + elsewhere)).isEmpty();
        }
        assertThat(lint(policy.formatted("70/min")))
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("7 leased-in-vain", "8 leased-in-vain");
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
