package io.headgate.policy.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.source.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicySetTest {

    private static final IpAddress IP = IpAddress.parse("203.0.113.7").orElseThrow();
    private static final Caller ALICE = new Caller("alice", "acme", "free");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T00:00:00Z"));
    private final InstantSource clock = now::get;

    private PolicySet policy(String sections) {
        LoadResult result =
                new PolicyLoader(clock).parse("policy.yaml", "apiVersion: limits/v1\nkind: Policy\n" + sections);
        if (result instanceof LoadResult.Rejected rejected) {
            throw new AssertionError(
                    rejected.problems().stream().map(Problem::render).toList());
        }
        return ((LoadResult.Loaded) result).policy();
    }

    private static PlannedLimit only(LimitPlan plan) {
        assertThat(plan.limits()).hasSize(1);
        return plan.limits().get(0);
    }

    private static LimitPlan get(PolicySet policy, Caller caller) {
        return policy.match(new RequestFacts("GET", "/feed", IP, caller));
    }

    private static Charge charge(PlannedLimit limit) {
        return ((Allowance.Metered) limit.allowance()).charge();
    }

    private static String perLimit(String per) {
        return """
                limits:
                  api: { per: %s, rate: 60/min burst 20 }
                routes:
                  feed: { match: /feed, limits: [api] }
                """.formatted(per);
    }

    private static void assertCounts(LimitPlan plan, String... kindsAndValues) {
        List<Subject.Part> parts = new java.util.ArrayList<>();
        for (int i = 0; i < kindsAndValues.length; i += 2) {
            parts.add(new Subject.Part(kindsAndValues[i], kindsAndValues[i + 1]));
        }
        assertThat(charge(only(plan)).key()).isEqualTo(LimitKey.of("api", Subject.of(parts)));
    }

    @Test
    void aLimitIsPlannedWithAllThatTheGatewayNeeds() {
        PolicySet policy = policy("""
                limits:
                  api: { per: user, rate: 60/min burst 20, deny-with: 503, advertise: false, on-store-failure: closed }
                routes:
                  feed: { match: /feed, limits: [api], cost: 3 }
                """);

        LimitPlan plan = get(policy, ALICE);

        assertThat(plan)
                .isEqualTo(new LimitPlan(
                        "feed",
                        "default",
                        List.of(new PlannedLimit(
                                "api",
                                TokenUnit.REQUESTS,
                                Stage.AFTER_AUTH,
                                Mode.ENFORCE,
                                new Allowance.Metered(new Charge(
                                        LimitKey.of("api", Subject.of("user", "alice")),
                                        new TokenBucket(60, Duration.ofMinutes(1), 20),
                                        3,
                                        OnStoreFailure.CLOSED)),
                                503,
                                false,
                                "60 requests per minute with bursts of 20",
                                null))));
    }

    @Test
    void aUserIsCountedByNameAndAnAnonymousCallerByAddress() {
        assertCounts(get(policy(perLimit("user")), ALICE), "user", "alice");
        assertCounts(get(policy(perLimit("user")), Caller.ANONYMOUS), "ip", "203.0.113.7/32");
    }

    @Test
    void aTenantLimitLeavesCallersWithoutTenantAlone() {
        PolicySet policy = policy(perLimit("tenant"));

        assertCounts(get(policy, ALICE), "tenant", "acme");
        assertThat(get(policy, new Caller("bob", null, null)).limits()).isEmpty();
        assertThat(get(policy, Caller.ANONYMOUS).limits()).isEmpty();
    }

    @Test
    void theOrderInWhichKindsAreListedDoesNotChangeTheCounter() {
        assertCounts(get(policy(perLimit("[user, route]")), ALICE), "user", "alice", "route", "feed");
        assertCounts(get(policy(perLimit("[route, user]")), ALICE), "user", "alice", "route", "feed");
    }

    @Test
    void everyoneSharesOneCounterAndARouteHasItsOwn() {
        assertThat(charge(only(get(policy(perLimit("everyone")), ALICE))).key().subject())
                .isEqualTo(Subject.EVERYONE);
        assertCounts(get(policy(perLimit("route")), Caller.ANONYMOUS), "route", "feed");
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7,          203.0.113.0/24",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:0:0:0:0:0/48",
        "::ffff:203.0.113.7,   203.0.113.0/24",
    })
    void addressesAreGroupedByFamily(String ip, String network) {
        PolicySet policy = policy("identity: { client-ip: { group-ipv4: /24, group-ipv6: /48 } }\n" + perLimit("ip"));

        LimitPlan plan = policy.match(
                new RequestFacts("GET", "/feed", IpAddress.parse(ip).orElseThrow(), Caller.ANONYMOUS));

        assertCounts(plan, "ip", network);
    }

    @Test
    void aRequestThatNoRouteTakesHasNoLimits() {
        LimitPlan plan = policy(perLimit("ip")).match(new RequestFacts("GET", "/other", IP, ALICE));

        assertThat(plan).isEqualTo(new LimitPlan(null, "default", List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        // default,  limit,    route,    what holds
        "enforce,  '',       '',       enforce",
        "shadow,   '',       '',       shadow",
        "disabled, '',       '',       disabled",
        "shadow,   enforce,  '',       enforce",
        "shadow,   '',       enforce,  enforce",
        "enforce,  shadow,   '',       shadow",
        "enforce,  '',       shadow,   shadow",
        "enforce,  shadow,   enforce,  shadow",
        "enforce,  enforce,  shadow,   shadow",
        "enforce,  disabled, enforce,  disabled",
        "enforce,  disabled, shadow,   disabled",
        "enforce,  shadow,   disabled, disabled",
    })
    void theMoreLenientOfLimitAndRouteHoldsAndTheDefaultElsewhere(
            String byDefault, String limit, String route, String expected) {
        PolicySet policy = policy("""
                defaults: { mode: %s }
                limits:
                  api: { per: ip, rate: 60/min%s }
                routes:
                  feed: { match: /feed, limits: [api]%s }
                """.formatted(byDefault, option("mode", limit), option("mode", route)));

        List<PlannedLimit> limits = get(policy, ALICE).limits();

        if (expected.equals("disabled")) {
            assertThat(limits).isEmpty();
        } else {
            assertThat(limits)
                    .extracting(one -> one.mode().name().toLowerCase(java.util.Locale.ROOT))
                    .containsExactly(expected);
        }
    }

    private static String option(String key, String value) {
        return value.isEmpty() ? "" : ", " + key + ": " + value;
    }

    @ParameterizedTest
    @CsvSource({
        "'',     '',     '',     LOCAL",
        "open,   '',     '',     OPEN",
        "open,   closed, '',     CLOSED",
        "open,   closed, local,  LOCAL",
        "closed, '',     open,   OPEN",
    })
    void theRouteDecidesOnStoreFailureThenTheLimitThenTheDefault(
            String byDefault, String limit, String route, OnStoreFailure expected) {
        PolicySet policy = policy("""
                defaults: { mode: enforce%s }
                limits:
                  api: { per: ip, rate: 60/min%s }
                routes:
                  feed: { match: /feed, limits: [api]%s }
                """.formatted(
                        option("on-store-failure", byDefault),
                        option("on-store-failure", limit),
                        option("on-store-failure", route)));

        assertThat(charge(only(get(policy, ALICE))).onStoreFailure()).isEqualTo(expected);
    }

    private static final String PLANS = """
            identity:
              plan: { from: jwt.plan, default: free }
              anonymous: { plan: anonymous }
            limits:
              api: { per: user, type: rate }
              hourly: { per: user, type: window }
              flood: { per: ip, rate: 300/min, stage: before-auth }
            plans:
              anonymous: { api: 0, hourly: 10/h }
              free: { api: 60/min, hourly: 100/h }
              pro: { extends: free, api: 600/min }
              enterprise: { extends: pro, hourly: unlimited }
            routes:
              feed: { match: /feed, limits: [flood, api, hourly] }
            """;

    private static List<String> words(LimitPlan plan) {
        return plan.limits().stream().map(PlannedLimit::words).toList();
    }

    @Test
    void thePlanIsThatOfTheCredentialIfThePolicyHasIt() {
        PolicySet policy = policy(PLANS);

        assertThat(get(policy, new Caller("a", null, "pro")).plan()).isEqualTo("pro");
        assertThat(get(policy, new Caller("a", null, "gold")).plan()).isEqualTo("free");
        assertThat(get(policy, new Caller("a", null, null)).plan()).isEqualTo("free");
        assertThat(get(policy, Caller.ANONYMOUS).plan()).isEqualTo("anonymous");
    }

    @Test
    void aPlanInheritsWhatItDoesNotSay() {
        PolicySet policy = policy(PLANS);

        assertThat(words(get(policy, new Caller("a", null, "enterprise"))))
                .containsExactly("300 requests per minute", "600 requests per minute", "unlimited requests");
        assertThat(words(get(policy, Caller.ANONYMOUS)))
                .containsExactly("300 requests per minute", "no requests", "10 requests in any hour");
        assertThat(get(policy, Caller.ANONYMOUS).limits().get(1).allowance()).isEqualTo(new Allowance.Never());
        assertThat(get(policy, Caller.ANONYMOUS).limits().get(0).stage()).isEqualTo(Stage.BEFORE_AUTH);
    }

    @Test
    void anOverrideEndsAtItsTimeWithoutAReload() {
        PolicySet policy = policy(PLANS + """
                overrides:
                  - { for: { user: alice }, plan: pro, reason: trial, until: "2026-06-01T12:00Z" }
                """);

        assertThat(get(policy, ALICE).plan()).isEqualTo("pro");
        now.set(Instant.parse("2026-06-01T11:59:59.999Z"));
        assertThat(get(policy, ALICE).plan()).isEqualTo("pro");
        now.set(Instant.parse("2026-06-01T12:00:00Z"));
        assertThat(get(policy, ALICE).plan()).isEqualTo("free");
    }

    @Test
    void theNarrowerOverrideGoesFirstLimitByLimit() {
        PolicySet policy = policy(PLANS + """
                overrides:
                  - { for: { user: alice }, set: { api: 1/s }, reason: r, until: 2030-01-01 }
                  - { for: { tenant: acme }, plan: enterprise, set: { api: 2/s, hourly: 7/h }, reason: r, until: 2030-01-01 }
                  - { for: { ip: 203.0.113.0/24 }, plan: pro, set: { api: 3/s, flood: 9/s }, reason: r, until: 2030-01-01 }
                  - { for: { ip: 203.0.113.7 }, set: { flood: 10/s }, reason: r, until: 2030-01-01 }
                """);

        assertThat(get(policy, ALICE).plan()).isEqualTo("enterprise");
        assertThat(words(get(policy, ALICE)))
                .containsExactly("10 requests per second", "1 request per second", "7 requests in any hour");
        assertThat(get(policy, Caller.ANONYMOUS).plan()).isEqualTo("pro");
        assertThat(words(get(policy, Caller.ANONYMOUS)))
                .containsExactly("10 requests per second", "3 requests per second", "100 requests in any hour");
    }

    @Test
    void anOverrideIsForItsCallersOnly() {
        PolicySet policy = policy(PLANS + """
                overrides:
                  - { for: { user: bob }, plan: pro, reason: r, until: 2030-01-01 }
                  - { for: { tenant: other }, plan: pro, reason: r, until: 2030-01-01 }
                  - { for: { ip: 203.0.113.8 }, plan: pro, reason: r, until: 2030-01-01 }
                  - { for: { ip: "2001:db8::/32" }, plan: pro, reason: r, until: 2030-01-01 }
                """);

        assertThat(get(policy, ALICE).plan()).isEqualTo("free");
    }

    @Test
    void aCallersOwnLimitsAreThoseOfAnyRouteWithoutRouteKeyedOnes() {
        PolicySet policy = policy("""
                limits:
                  api: { per: user, rate: 60/min, deny-with: 503 }
                  search: { per: [user, route], rate: 60/min }
                  unused: { per: user, rate: 60/min }
                  off: { per: user, rate: 60/min, mode: disabled }
                  tenant: { per: tenant, rate: 60/min }
                  all: { per: everyone, rate: 60/min }
                routes:
                  a: { match: /a, limits: [all, api, search, off], cost: 7, deny-with: 429, mode: shadow }
                  b: { match: /b, limits: [tenant, api] }
                """);

        LimitPlan own = policy.limitsOf(new Caller("bob", null, null), IP);

        assertThat(own.route()).isNull();
        assertThat(own.limits()).extracting(PlannedLimit::name).containsExactly("api", "all");
        assertThat(own.limits().get(0).denyStatus()).isEqualTo(503);
        assertThat(own.limits().get(0).mode()).isEqualTo(Mode.ENFORCE);
        assertThat(charge(own.limits().get(0)).cost()).isEqualTo(1);
        assertThat(policy.limitsOf(ALICE, IP).limits())
                .extracting(PlannedLimit::name)
                .containsExactly("api", "tenant", "all");
    }

    @Test
    void aCallersOwnLimitIsAsSeriousAsTheRouteThatTakesItMostSeriously() {
        PolicySet policy = policy("""
                defaults: { mode: disabled }
                limits:
                  api: { per: user, rate: 60/min }
                  trial: { per: user, rate: 60/min, mode: enforce }
                  off: { per: user, rate: 60/min }
                routes:
                  a: { match: /a, limits: [api, trial, off], mode: shadow }
                  b: { match: /b, limits: [api, trial], mode: enforce }
                  c: { match: /c, limits: [off] }
                """);

        assertThat(policy.limitsOf(ALICE, IP).limits())
                .extracting(one -> one.name() + " " + one.mode())
                .containsExactly("api ENFORCE", "trial ENFORCE", "off SHADOW");
    }

    @Test
    void anExplanationAgreesWithTheMatchAndNamesItsSources() {
        PolicySet policy = policy(PLANS + """
                overrides:
                  - { for: { user: alice }, set: { api: 1/s }, reason: "import, SUP-1", until: 2030-01-01 }
                """);
        RequestFacts facts = new RequestFacts("GET", "/feed", IP, ALICE);

        Explanation explanation = policy.explain(facts);

        assertThat(explanation.route()).map(RouteRule::name).hasValue("feed");
        assertThat(explanation.planSource()).isEqualTo(Explanation.PlanSource.CREDENTIAL);
        assertThat(explanation.overrides()).extracting(OverrideRule::reason).containsExactly("import, SUP-1");
        assertThat(explanation.limits())
                .extracting(verdict -> ((Explanation.LimitVerdict.Applies) verdict).planned())
                .isEqualTo(policy.match(facts).limits());
        Explanation.LimitVerdict.Applies api =
                (Explanation.LimitVerdict.Applies) explanation.limits().get(1);
        assertThat(api.subject()).isEqualTo("user alice");
        assertThat(api.allotment().place()).hasToString("policy.yaml:18:41");
    }

    @ParameterizedTest
    @CsvSource({
        "rate: 60/min burst 20,    60 requests per minute with bursts of 20",
        "rate: 60/min,             60 requests per minute",
        "rate: 1/s,                1 request per second",
        "rate: 10k/min burst 2k,   '10,000 requests per minute with bursts of 2,000'",
        "rate: 100/15min,          100 requests per 15 minutes",
        "rate: 1.5M/day,           '1,500,000 requests per day'",
        "quota: 100/month,         100 requests per calendar month",
        "concurrent: 3,            3 at a time",
        "rate: 5/250ms,            5 requests per 250 milliseconds",
        "rate: 60/60s,             60 requests per minute",
        "window: 2_000/h,          '2,000 requests in any hour'",
        "window: 1/week,           1 request in any week",
        "window: 10/2day,          10 requests in any 2 days",
        "window: unlimited,        unlimited requests",
        "window: 0,                no requests",
    })
    void amountsReadAsWords(String amount, String words) {
        PolicySet policy =
                policy("limits: { api: { per: ip, %s } }\nroutes: { feed: { match: /feed, limits: [api] } }\n"
                        .formatted(amount));

        assertThat(only(get(policy, ALICE)).words()).isEqualTo(words);
    }
}
