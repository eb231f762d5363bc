package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Subject;
import io.headgate.policy.match.PlannedLimit.Allowance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits that count by what a request or a token says. */
class CountingTest {

    private static PolicySet policy(String per) {
        return PolicyUnderTest.of("""
                limits:
                  api: { per: %s, rate: 60/min }
                routes:
                  feed: { match: { host: api.example.com, path: /feed }, limits: [api] }
                """.formatted(per)).policy();
    }

    private static List<LimitKey> keys(PolicySet policy, Caller caller, Map<String, String> headers) {
        RequestFacts facts = new RequestFacts("GET", "api.example.com", "/feed", headers::get, IP, caller);
        return policy.match(facts).limits().stream()
                .map(limit -> ((Allowance.Metered) limit.allowance()).charge().key())
                .toList();
    }

    private static LimitKey api(String... kindsAndValues) {
        List<Subject.Part> parts = Arrays.stream(kindsAndValues)
                .map(pair -> pair.split("=", -1))
                .map(pair -> new Subject.Part(pair[0], pair[1]))
                .toList();
        return LimitKey.of("api", Subject.of(parts));
    }

    @Test
    void aClaimOfTheTokenIsCountedAndACallerWithoutItIsNot() {
        PolicySet policy = policy("[user, jwt.device]");
        Caller onPhone = new Caller("alice", null, null, Map.of("device", "phone"));

        assertThat(policy.identity().countedClaims()).containsExactly("device");
        assertThat(keys(policy, onPhone, Map.of())).containsExactly(api("user=alice", "jwt.device=phone"));
        assertThat(keys(policy, new Caller("alice", null, null), Map.of())).isEmpty();
    }

    @Test
    void aHeaderIsCountedInAnyCaseAndRequestsWithoutItCountTogether() {
        PolicySet policy = policy("[header.X-Client, ip]");

        assertThat(keys(policy, Caller.ANONYMOUS, Map.of("x-client", "ios")))
                .containsExactly(api("ip=203.0.113.7/32", "header.x-client=ios"));
        assertThat(keys(policy, Caller.ANONYMOUS, Map.of()))
                .containsExactly(api("ip=203.0.113.7/32", "header.x-client="));
        assertThat(policy.limitsOf(Caller.ANONYMOUS, IP).limits()).isEmpty();
    }

    @Test
    void aRouteForOneHostTakesNoRequestsForOthers() {
        assertThat(policy("ip")
                        .match(new RequestFacts("GET", "/feed", IP, Caller.ANONYMOUS))
                        .route())
                .isNull();
    }
}
