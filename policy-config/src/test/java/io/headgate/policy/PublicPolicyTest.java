package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy that ships, and that the demo runs on. */
class PublicPolicyTest {

    private static final Path FILE = Path.of("policies/public-api.yaml");
    private static final InstantSource SHIPPED = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));
    private static final PolicySet POLICY = load();

    private static PolicySet load() {
        LoadResult result = new PolicyLoader(SHIPPED).load(FILE);
        if (result instanceof LoadResult.Loaded loaded) {
            assertThat(loaded.warnings()).isEmpty();
            return loaded.policy();
        }
        return fail(result.toString());
    }

    private static Caller caller(String plan) {
        return plan.equals("anonymous") ? Caller.ANONYMOUS : new Caller("alice", null, plan);
    }

    private static LimitPlan match(String method, String path, Caller caller) {
        return POLICY.match(
                new RequestFacts(method, path, IpAddress.parse("192.0.2.7").orElseThrow(), caller));
    }

    @ParameterizedTest
    @CsvSource({
        "POST,    /auth/login,               login,             gateway ip-flood login",
        "GET,     /auth/login,               everything-else,   gateway ip-flood api",
        "GET,     /api/feed,                 feed,              gateway ip-flood api api-hourly",
        "HEAD,    /api/feed/,                feed,              gateway ip-flood api api-hourly",
        "GET,     /api/feed/home/42,         feed,              gateway ip-flood api api-hourly",
        "GET,     /api/feed/search,          feed-search,       gateway ip-flood api api-hourly search",
        "GET,     /api/feed/search/,         feed-search,       gateway ip-flood api api-hourly search",
        "GET,     /api/feed/search/more,     feed,              gateway ip-flood api api-hourly",
        "POST,    /api/feed/search,          everything-else,   gateway ip-flood api",
        "DELETE,  /api/feed/home,            everything-else,   gateway ip-flood api",
        "GET,     /api/feeds,                everything-else,   gateway ip-flood api",
        "GET,     /API/feed,                 everything-else,   gateway ip-flood api",
        "POST,    /files,                    upload-create,     gateway ip-flood api uploads",
        "POST,    /files/,                   upload-create,     gateway ip-flood api uploads",
        "POST,    //files,                   upload-create,     gateway ip-flood api uploads",
        "PATCH,   /files/abc,                upload-append,     ''",
        "PATCH,   /files,                    everything-else,   gateway ip-flood api",
        "PATCH,   /files/abc/def,            everything-else,   gateway ip-flood api",
        "HEAD,    /files/abc,                upload-status,     ''",
        "OPTIONS, /files,                    upload-status,     ''",
        "OPTIONS, /files/abc,                upload-status,     ''",
        "DELETE,  /files/abc,                upload-status,     ''",
        "POST,    /files/abc,                everything-else,   gateway ip-flood api",
        "PUT,     /files/abc,                everything-else,   gateway ip-flood api",
        "GET,     /files/abc,                everything-else,   gateway ip-flood api",
        "GET,     /play/demo/master.m3u8,    playback-playlist, gateway ip-flood",
        "HEAD,    /play/demo/master.m3u8,    playback-playlist, gateway ip-flood",
        "GET,     /play/demo/720p/seg1.ts,   playback-media,    gateway",
        "GET,     /play/demo/init.mp4,       playback-media,    gateway",
        "GET,     /play/demo/seg1.M4S,       everything-else,   gateway ip-flood api",
        "GET,     /play/demo/seg1.m4s/,      playback-media,    gateway",
        "GET,     /play/demo/poster.jpg,     everything-else,   gateway ip-flood api",
        "GET,     /play.m3u8,                everything-else,   gateway ip-flood api",
        "GET,     /limits,                   own-limits,        ''",
        "GET,     /,                         everything-else,   gateway ip-flood api",
        "GET,     /favicon.ico,              everything-else,   gateway ip-flood api",
    })
    void requestsFindTheirRouteAndLimits(String method, String path, String route, String limits) {
        LimitPlan plan = match(method, path, caller("free"));

        assertThat(plan.route()).isEqualTo(route);
        assertThat(plan.limits().stream().map(PlannedLimit::name).collect(Collectors.joining(" ")))
                .isEqualTo(limits);
    }

    @ParameterizedTest
    @CsvSource({
        "anonymous,  api,        30 requests per minute with bursts of 10",
        "anonymous,  api-hourly, 600 requests in any hour",
        "free,       api,        60 requests per minute with bursts of 20",
        "free,       api-hourly, '2,000 requests in any hour'",
        "pro,        api,        600 requests per minute with bursts of 120",
        "pro,        api-hourly, '20,000 requests in any hour'",
        "enterprise, api,        '6,000 requests per minute with bursts of 1,000'",
        "enterprise, api-hourly, unlimited requests",
        "gold,       api,        60 requests per minute with bursts of 20",
    })
    void plansHaveTheirAmounts(String plan, String limit, String words) {
        assertThat(match("GET", "/api/feed", caller(plan)).limits())
                .filteredOn(planned -> planned.name().equals(limit))
                .extracting(PlannedLimit::words)
                .containsExactly(words);
    }

    @Test
    void anonymousCallersCannotUpload() {
        assertThat(match("POST", "/files", Caller.ANONYMOUS).limits())
                .filteredOn(planned -> planned.name().equals("uploads"))
                .extracting(PlannedLimit::allowance)
                .containsExactly(new Allowance.Never());
    }

    @Test
    void aSearchCostsFiveOfEveryLimit() {
        assertThat(match("GET", "/api/feed/search", caller("free")).limits())
                .allSatisfy(planned -> assertThat(((Allowance.Metered) planned.allowance())
                                .charge()
                                .cost())
                        .isEqualTo(5));
    }

    @Test
    void playersAreRefusedWithAStatusThatTheyRetry() {
        for (String path : List.of("/play/demo/master.m3u8", "/play/demo/seg1.ts")) {
            assertThat(match("GET", path, Caller.ANONYMOUS).limits())
                    .extracting(PlannedLimit::denyStatus)
                    .containsOnly(503);
        }
    }

    @Test
    void everyBackendHasABreaker() {
        assertThat(POLICY.breakers()).containsOnlyKeys("upload", "feed", "playback");
        assertThat(POLICY.breakers().get("upload")).satisfies(breaker -> {
            assertThat(breaker.timeout()).isEmpty();
            assertThat(breaker.slowCall()).isEmpty();
            assertThat(breaker.failurePercent()).isEqualTo(50);
            assertThat(breaker.calls()).isEqualTo(50);
        });
    }
}
