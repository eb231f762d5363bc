package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Candidates that are tried before they hold for everybody. */
class RolloutTest {

    private static final String POLICY = """
            identity:
              plan: { default: free }
              anonymous: { plan: free }
            limits:
              flood: { per: ip, rate: 300/min, stage: before-auth }
              api:   { per: user, type: rate }
              slots: { per: user, concurrent: 3 }
            plans:
              free: { api: 60/min burst 20 }
              pro:  { api: 600/min burst 120 }
            routes:
              feed:   { match: /feed, limits: [api, slots] }
              search: { match: /search, limits: [flood, api, slots], cost: 5 }
            overrides:
              - { for: { user: vip }, set: { api: 9/min }, reason: "A", until: 2030-01-01 }
            rollouts:
            """;

    private static List<PlannedLimit> limits(PolicySet policy, String path, String user, String plan) {
        return policy.match(new RequestFacts("GET", path, IP, new Caller(user, null, plan)))
                .limits();
    }

    private static String shown(List<PlannedLimit> limits) {
        return limits.stream()
                .map(limit -> limit.name() + " " + limit.mode().name().toLowerCase(Locale.ROOT) + " "
                        + charge(limit).cost() + ": " + limit.words())
                .collect(Collectors.joining("\n"));
    }

    private static Charge charge(PlannedLimit limit) {
        return ((Allowance.Metered) limit.allowance()).charge();
    }

    private static PolicySet policy(String rollouts) {
        return PolicyUnderTest.of(POLICY + rollouts).policy();
    }

    private static String tighter(String mode, int percent) {
        return "  - { name: tighter, set: { free: { api: 45/min burst 15 } }, mode: " + mode + ", percent: " + percent
                + " }\n";
    }

    private static String dearer(String mode, int percent) {
        return "  - { name: dearer, route: search, cost: 8, mode: " + mode + ", percent: " + percent + " }\n";
    }

    @Test
    void inShadowACandidateIsCountedBesideWhatHolds() {
        List<PlannedLimit> limits = limits(policy(tighter("shadow", 100)), "/feed", "alice", "free");

        assertThat(shown(limits)).isEqualTo("""
                api enforce 1: 60 requests per minute with bursts of 20
                api@tighter shadow 1: 45 requests per minute with bursts of 15
                slots enforce 1: 3 at a time""");
        assertThat(charge(limits.get(0)).key().subject())
                .isEqualTo(charge(limits.get(1)).key().subject());
        assertThat(charge(limits.get(0)).key().limit())
                .isNotEqualTo(charge(limits.get(1)).key().limit());
    }

    @Test
    void enforcedItReplacesWhatHoldsAndTheCounterGoesOn() {
        PlannedLimit live = limits(policy("  []\n"), "/feed", "alice", "free").get(0);
        PlannedLimit tried = limits(policy(tighter("enforce", 100)), "/feed", "alice", "free")
                .get(0);

        assertThat(tried.words()).isEqualTo("45 requests per minute with bursts of 15");
        assertThat(tried.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(charge(tried).key()).isEqualTo(charge(live).key());
    }

    @Test
    void otherPlansAndExceptionsAreLeftAlone() {
        PolicySet policy = policy(tighter("enforce", 100));

        assertThat(limits(policy, "/feed", "bob", "pro").get(0).words())
                .isEqualTo("600 requests per minute with bursts of 120");
        assertThat(limits(policy, "/feed", "vip", "free").get(0).words()).isEqualTo("9 requests per minute");
    }

    @Test
    void aCandidateCostIsThatOfItsRouteAndOfWhatCountsRequests() {
        PolicySet policy = policy(dearer("enforce", 100));

        assertThat(limits(policy, "/search", "alice", "free"))
                .extracting(limit -> charge(limit).cost())
                .containsExactly(8L, 8L, 1L);
        assertThat(limits(policy, "/feed", "alice", "free"))
                .extracting(limit -> charge(limit).cost())
                .containsExactly(1L, 1L);
    }

    @Test
    void inShadowItsCounterCountsOnAllRoutes() {
        PolicySet policy = policy(dearer("shadow", 100));

        PlannedLimit onFeed = limits(policy, "/feed", "alice", "free").get(1);
        PlannedLimit onSearch = limits(policy, "/search", "alice", "free").get(3);
        assertThat(onFeed.name()).isEqualTo("api@dearer").isEqualTo(onSearch.name());
        assertThat(charge(onFeed).key()).isEqualTo(charge(onSearch).key());
        assertThat(charge(onFeed).cost()).isEqualTo(1);
        assertThat(charge(onSearch).cost()).isEqualTo(8);
    }

    @Test
    void aCallerIsInOrOutOnEveryRequestAndRoute() {
        PolicySet policy = policy(dearer("enforce", 30) + tighter("shadow", 30));
        int dearer = 0;
        int both = 0;
        int tighter = 0;
        for (int i = 0; i < 2_000; i++) {
            String user = "user" + i;
            boolean isDearer =
                    charge(limits(policy, "/search", user, "free").get(1)).cost() == 8;
            boolean isTighter = limits(policy, "/feed", user, "free").size() == 3;
            for (int again = 0; again < 3; again++) {
                assertThat(charge(limits(policy, "/search", user, "free").get(1))
                                        .cost()
                                == 8)
                        .isEqualTo(isDearer);
                assertThat(limits(policy, "/search", user, "free").size() == 4).isEqualTo(isTighter);
            }
            dearer += isDearer ? 1 : 0;
            tighter += isTighter ? 1 : 0;
            both += isDearer && isTighter ? 1 : 0;
        }
        // Of 2,000: 600 and a deviation of 20.5; of both 180 and 12.8. The users are always the same.
        assertThat(dearer).isBetween(500, 700);
        assertThat(tighter).isBetween(500, 700);
        assertThat(both).isBetween(120, 240);
    }

    @Test
    void whoTakesPartAtAFewPercentTakesPartAtMore() {
        List<String> few = partakers(10);
        assertThat(few).isNotEmpty();
        assertThat(partakers(40)).containsAll(few);
    }

    private static List<String> partakers(int percent) {
        PolicySet policy = policy(tighter("enforce", percent));
        return IntStream.range(0, 500)
                .mapToObj(i -> "user" + i)
                .filter(user ->
                        limits(policy, "/feed", user, "free").get(0).words().startsWith("45"))
                .toList();
    }

    @Test
    void itStopsItselfWhenMoreThanItsShareIsRefused() {
        PolicyUnderTest under = PolicyUnderTest.of(
                POLICY + tighter("enforce", 100).replace(" }\n", ", stop-if: denied > 2% for 10min }\n"));
        Rollout rollout = under.policy().rollouts().get(0);
        decide(rollout, 3, 97);
        assertThat(rollout.stopped()).isFalse();
        under.at("2026-06-01T00:10:00Z");
        decide(rollout, 0, 1);
        assertThat(rollout.stopped()).isTrue();
        assertThat(limits(under.policy(), "/feed", "alice", "free").get(0).words())
                .isEqualTo("60 requests per minute with bursts of 20");
    }

    @Test
    void itGoesOnWhileNoStretchHasMore() {
        PolicyUnderTest under = PolicyUnderTest.of(
                POLICY + tighter("enforce", 100).replace(" }\n", ", stop-if: denied > 2% for 10min }\n"));
        Rollout rollout = under.policy().rollouts().get(0);
        decide(rollout, 2, 98);
        under.at("2026-06-01T00:10:00Z");
        decide(rollout, 50, 49);
        under.at("2026-06-01T00:20:00Z");
        decide(rollout, 0, 1);
        assertThat(rollout.stopped())
                .as("two of a hundred, and half of too few")
                .isFalse();
    }

    @Test
    void aReloadThatLeavesItAloneDoesNotStartItAgain() {
        String rollouts = POLICY + tighter("enforce", 100).replace(" }\n", ", stop-if: denied > 2% for 10min }\n");
        PolicyUnderTest before = PolicyUnderTest.of(rollouts);
        decide(before.policy().rollouts().get(0), 100, 0);
        before.at("2026-06-01T00:10:00Z");
        decide(before.policy().rollouts().get(0), 0, 1);

        PolicySet after =
                PolicyUnderTest.of("metadata: { name: edited }\n" + rollouts).policy();
        after.continueRollouts(before.policy());
        assertThat(after.rollouts().get(0).stopped()).isTrue();

        PolicySet edited =
                PolicyUnderTest.of(rollouts.replace("45/min", "50/min")).policy();
        edited.continueRollouts(before.policy());
        assertThat(edited.rollouts().get(0).stopped()).isFalse();
    }

    private static void decide(Rollout rollout, int refused, int admitted) {
        for (int i = 0; i < refused; i++) {
            rollout.decided(true);
        }
        for (int i = 0; i < admitted; i++) {
            rollout.decided(false);
        }
    }

    @Test
    void theExplanationNamesWhatIsTriedOnTheCaller() {
        PolicySet policy = policy(dearer("enforce", 100));
        assertThat(policy.explain(new RequestFacts("GET", "/search", IP, PolicyUnderTest.ALICE))
                        .rollouts())
                .extracting(RolloutRule::name)
                .containsExactly("dearer");
        assertThat(policy.explain(new RequestFacts("GET", "/feed", IP, PolicyUnderTest.ALICE))
                        .rollouts())
                .isEmpty();
    }
}
