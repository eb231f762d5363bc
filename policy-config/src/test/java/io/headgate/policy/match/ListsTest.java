package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.ALICE;
import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.net.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListsTest {

    private static final Caller BOB = new Caller("bob", null, "free");
    private static final String LIMITS = """
            limits:
              flood: { per: ip, rate: 300/min, stage: before-auth }
              api: { per: user, rate: 60/min }
              trial: { per: user, rate: 10/min, mode: shadow }
            routes:
              feed: { match: /feed, limits: [flood, api, trial] }
            lists:
            """;

    private static PolicyUnderTest lists(String entries) {
        return PolicyUnderTest.of(LIMITS + entries.indent(2));
    }

    private static List<String> modes(LimitPlan plan) {
        return plan.limits().stream()
                .map(limit -> limit.name() + " " + limit.mode())
                .toList();
    }

    @Test
    void anAddressIsBlockedBeforeAnybodyAsksWhoItIs() {
        PolicySet policy =
                lists("block: [{ ip: 203.0.113.0/24, reason: INC-4711 }]").policy();

        assertThat(policy.block(IP)).map(BlockRule::reason).hasValue("INC-4711");
        assertThat(policy.block(IpAddress.parse("::ffff:203.0.113.9").orElseThrow()))
                .isPresent();
        assertThat(policy.block(IpAddress.parse("203.0.114.1").orElseThrow())).isEmpty();
        assertThat(policy.block(ALICE)).isEmpty();
    }

    @Test
    void aUserOrATenantIsBlockedFromEveryAddress() {
        PolicySet policy = lists("block: [{ user: alice, reason: LEG-88 }, { tenant: emca, reason: LEG-89 }]")
                .policy();

        assertThat(policy.block(IP)).isEmpty();
        assertThat(policy.block(ALICE)).map(BlockRule::reason).hasValue("LEG-88");
        assertThat(policy.block(new Caller("carol", "emca", null)))
                .map(BlockRule::reason)
                .hasValue("LEG-89");
        assertThat(policy.block(BOB)).isEmpty();
        assertThat(policy.block(Caller.ANONYMOUS)).isEmpty();
    }

    @Test
    void aBlockEndsAtItsTimeWithoutAReload() {
        PolicyUnderTest blocked = lists("block: [{ user: alice, reason: r, until: \"2026-06-01T12:00\" }]");

        blocked.at("2026-06-01T11:59:59Z");
        assertThat(blocked.policy().block(ALICE)).isPresent();
        blocked.at("2026-06-01T12:00:00Z");
        assertThat(blocked.policy().block(ALICE)).isEmpty();
    }

    @Test
    void anExemptAddressIsCountedByEveryLimitAndRefusedByNone() {
        PolicyUnderTest exempt = lists("exempt: [{ ip: 203.0.113.7, reason: probes }]");

        assertThat(modes(exempt.get(ALICE))).containsExactly("flood EXEMPT", "api EXEMPT", "trial EXEMPT");
        assertThat(modes(exempt.get(Caller.ANONYMOUS))).containsExactly("flood EXEMPT", "api EXEMPT", "trial EXEMPT");
    }

    @Test
    void anExemptUserIsJudgedByAddressUntilSomebodyKnowsTheUser() {
        PolicyUnderTest exempt = lists("exempt: [{ user: alice, reason: probes }]");

        assertThat(modes(exempt.get(ALICE))).containsExactly("flood ENFORCE", "api EXEMPT", "trial EXEMPT");
        assertThat(modes(exempt.get(BOB))).containsExactly("flood ENFORCE", "api ENFORCE", "trial SHADOW");
    }

    @Test
    void anExemptionMayBeFromSomeLimitsOnlyAndEnds() {
        PolicyUnderTest exempt = lists("exempt: [{ tenant: acme, limits: [api], reason: r, until: 2026-06-01 }]");

        assertThat(modes(exempt.get(ALICE))).containsExactly("flood ENFORCE", "api EXEMPT", "trial SHADOW");
        exempt.at("2026-06-02T00:00:00Z");
        assertThat(modes(exempt.get(ALICE))).containsExactly("flood ENFORCE", "api ENFORCE", "trial SHADOW");
    }

    @Test
    void anExplanationNamesTheEntries() {
        PolicySet policy = lists("""
                block: [{ user: alice, reason: LEG-88 }]
                exempt: [{ ip: 203.0.113.0/24, reason: probes }]
                """).policy();

        Explanation explanation = policy.explain(new RequestFacts("GET", "/feed", IP, ALICE));

        assertThat(explanation.block()).map(BlockRule::reason).hasValue("LEG-88");
        assertThat(explanation.exemptions()).extracting(ExemptRule::reason).containsExactly("probes");
    }
}
