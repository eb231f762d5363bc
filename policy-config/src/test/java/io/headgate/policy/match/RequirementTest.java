package io.headgate.policy.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequirementTest {

    private static PolicyUnderTest requiring(String require) {
        return PolicyUnderTest.of("""
                identity:
                  plan: { from: jwt.plan, default: free }
                  anonymous: { plan: free }
                limits:
                  api: { per: user, type: rate }
                plans:
                  free: { api: 60/min }
                  pro:  { api: 600/min }
                routes:
                  feed: { match: /feed, limits: [api], require: %s }
                overrides:
                  - { for: { tenant: acme }, plan: pro, reason: "trial", until: 2030-01-01 }
                """.formatted(require));
    }

    private static Access access(String require, Caller caller) {
        return requiring(require).get(caller).access();
    }

    private static Caller on(String plan, String... scopes) {
        return new Caller("bob", null, plan, Map.of(), new Grants(Set.of(scopes), Set.of("editor")));
    }

    @Test
    void whoIsNobodyIsNotSignedIn() {
        assertThat(access("signed-in", Caller.ANONYMOUS)).isEqualTo(new Access.NeedsCredential());
        assertThat(access("signed-in", on("free"))).isEqualTo(Access.GRANTED);
    }

    @Test
    void aPlanIsTheOneThatThePolicyHasTheCallerOn() {
        String pro = "{ plans: pro }";
        assertThat(access(pro, on("pro"))).isEqualTo(Access.GRANTED);
        assertThat(access(pro, on("free"))).isEqualTo(new Access.NeedsPlan(List.of("pro")));
        assertThat(access(pro, new Caller("carol", "acme", "free")))
                .as("by override")
                .isEqualTo(Access.GRANTED);
        assertThat(access(pro, Caller.ANONYMOUS)).isEqualTo(new Access.NeedsCredential());
    }

    @Test
    void aPlanOfAnonymousCallersNeedsNoCredential() {
        assertThat(access("{ plans: [free, pro] }", Caller.ANONYMOUS)).isEqualTo(Access.GRANTED);
    }

    @Test
    void allScopesAndOneRoleAreNeeded() {
        String both = "{ scopes: [feed:read, feed:write], roles: [admin, editor] }";
        assertThat(access(both, on("free", "feed:read", "feed:write", "profile")))
                .isEqualTo(Access.GRANTED);
        assertThat(access(both, on("free", "feed:read")))
                .isEqualTo(new Access.NeedsScopes(List.of("feed:read", "feed:write")));
        assertThat(access("{ roles: [admin] }", on("free"))).isEqualTo(new Access.NeedsRole(List.of("admin")));
        assertThat(access(both, Caller.ANONYMOUS)).isEqualTo(new Access.NeedsCredential());
    }

    @Test
    void theLimitsStayThoseOfTheRoute() {
        assertThat(requiring("{ plans: pro }").get(on("free")).limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.name()).isEqualTo("api"));
    }

    @Test
    void whatARouteRequiresIsSaidAsThePolicySaysIt() {
        assertThat(requiring("{ roles: [admin], plans: [pro] }")
                        .policy()
                        .routes()
                        .get(0)
                        .require())
                .hasToString("plans: [pro], roles: [admin]");
        assertThat(requiring("signed-in").policy().routes().get(0).require()).hasToString("signed-in");
    }
}
