package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.ALICE;
import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Holder;
import io.headgate.policy.match.PlannedLimit.Allowance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slots that a session holds in the place of its requests. */
class SessionTest {

    private static final PolicySet POLICY = PolicyUnderTest.of("""
            limits:
              streams: { per: user, concurrent: 3, lease: 45s }
              api:     { per: user, rate: 60/min }
            routes:
              playlist: { match: { path: /play/**, suffix: [.m3u8] }, limits: [streams, api], session: query.sid }
              segment:  { match: { path: /play/**, suffix: [.ts] }, limits: [streams], session: query.sid }
              editor:   { match: /edit, limits: [streams], session: header.X-Session }
              download: { match: /download, limits: [streams] }
            """).policy();

    private static List<Charge> charges(String path, String query, Map<String, String> headers) {
        return POLICY.match(new RequestFacts("GET", "", path, query, headers::get, IP, ALICE)).limits().stream()
                .map(limit -> ((Allowance.Metered) limit.allowance()).charge())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "sid=one,              one",
        "a=1&sid=one,          one",
        "sid=one&a=1,          one",
        "xsid=two&sid=one,     one",
        "sid=one&sid=two,      one",
        "a=sid=two&sid=one,    one",
        "sid=%6Fne,            %6Fne",
        "sid=,                 ''",
        "sid,                  ''",
        "xsid=one,             ''",
        "SID=one,              ''",
        "'',                   ''",
    })
    void theSessionIsWhatTheQuerySays(String query, String session) {
        assertThat(charges("/play/a.m3u8", query, Map.of()).get(0).holder()).isEqualTo(Holder.of(session));
    }

    @Test
    void requestsOnDifferentRoutesBelongToTheSameSession() {
        assertThat(charges("/play/a.m3u8", "sid=one", Map.of()).get(0))
                .isEqualTo(charges("/play/1.ts", "sid=one", Map.of()).get(0));
    }

    @Test
    void aHeaderMayNameTheSessionToo() {
        assertThat(charges("/edit", "", Map.of("x-session", "one")).get(0).holder())
                .isEqualTo(Holder.of("one"));
    }

    @Test
    void onlySlotsAreHeld() {
        assertThat(charges("/play/a.m3u8", "sid=one", Map.of()).get(1).holder()).isNull();
    }

    @Test
    void withoutASessionTheRequestItselfIsToHoldTheSlot() {
        assertThat(charges("/download", "sid=one", Map.of()).get(0).holder()).isNull();
    }
}
