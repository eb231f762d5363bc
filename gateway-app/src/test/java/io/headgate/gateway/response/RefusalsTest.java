package io.headgate.gateway.response;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.Responses;
import io.headgate.policy.match.TokenUnit;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class RefusalsTest {

    private static final Responses PLAIN = new Responses(null, null, null);

    private final Refusals refusals = new Refusals(PLAIN);

    @Test
    void aRefusalSaysWhatIsAllowedAndHowLongToWait() {
        Problem problem = refusals.waitFor(refused(limit("api", 429, true, 300_000)), "free", 0);
        assertThat(problem.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(problem.type()).isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
        assertThat(problem.detail()).isEqualTo("The free plan allows 60 requests per minute. Wait 1 second.");
        assertThat(problem.headers()).containsEntry("Retry-After", "1");
        assertThat(problem.members())
                .containsEntry("retry-after", 1L)
                .containsEntry("plan", "free")
                .containsEntry("violated-policies", List.of("api"));
    }

    @Test
    void theLongestWaitCounts() {
        Problem problem = refusals.waitFor(
                refused(limit("api", 429, true, 1), limit("daily", 429, true, 7_000_001), limit("free", 429, true, 0)),
                "free",
                0);
        assertThat(problem.headers()).containsEntry("Retry-After", "8");
        assertThat(problem.members()).containsEntry("violated-policies", List.of("daily", "api"));
    }

    @Test
    void aFullServiceIsNotTheClientsFaultAndKeepsItsNumbersToItself() {
        Problem problem = refusals.waitFor(refused(limit("gateway", 503, false, 100)), "free", 0);
        assertThat(problem.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(problem.type()).endsWith("#temporary-reduced-capacity");
        assertThat(problem.detail()).isEqualTo("The service is at capacity. Try again in 1 second.");
        assertThat(problem.members()).doesNotContainKeys("violated-policies", "plan");
    }

    @Test
    void clientsThatWereRefusedTogetherComeBackSpreadOutAndNeverTooEarly() {
        Set<String> waits = new HashSet<>();
        for (int client = 0; client < 1_000; client++) {
            Problem problem = refusals.waitFor(refused(limit("api", 429, true, 60_000_000)), "free", client);
            waits.add(problem.headers().get("Retry-After"));
            assertThat(problem)
                    .isEqualTo(refusals.waitFor(refused(limit("api", 429, true, 60_000_000)), "free", client));
        }
        assertThat(waits).containsExactlyInAnyOrder("60", "61", "62", "63", "64", "65", "66");
    }

    @Test
    void aShortWaitStaysShort() {
        Set<String> waits = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            waits.add(refusals.waitFor(refused(limit("api", 429, true, 1)), "free", client)
                    .headers()
                    .get("Retry-After"));
        }
        assertThat(waits).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void whatAPlanDoesNotIncludeIsNotWorthWaitingFor() {
        PlannedLimit limit = limit("export", 429, true, 0).limit();
        Problem problem = refusals.notIncluded(new Verdict.Excluded(limit), "free");
        assertThat(problem.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(problem.detail()).isEqualTo("The free plan does not include this: its limit \"export\" is 0.");
        assertThat(problem.headers()).doesNotContainKey("Retry-After");
    }

    @Test
    void thePolicysOwnTypesAndPagesAreUsed() {
        Refusals own = new Refusals(new Responses(
                URI.create("https://api.example.com/problems"),
                URI.create("https://api.example.com/limits"),
                URI.create("https://example.com/pricing")));
        Problem problem = own.waitFor(refused(limit("api", 429, true, 1)), "free", 0);
        assertThat(problem.type()).isEqualTo("https://api.example.com/problems#quota-exceeded");
        assertThat(problem.members())
                .containsEntry("docs", "https://api.example.com/limits")
                .containsEntry("upgrade", "https://example.com/pricing");
    }

    private static Verdict.Refused refused(Standing... standings) {
        return new Verdict.Refused(List.of(standings));
    }

    private static Standing limit(String name, int denyStatus, boolean advertise, long waitMicros) {
        TokenBucket quota = new TokenBucket(60, Duration.ofMinutes(1), 60);
        Charge charge = new Charge(LimitKey.of(name, Subject.of("user", "ada")), quota, 1, OnStoreFailure.LOCAL);
        PlannedLimit limit = new PlannedLimit(
                name,
                TokenUnit.REQUESTS,
                PlannedLimit.Stage.AFTER_AUTH,
                PlannedLimit.Mode.ENFORCE,
                new PlannedLimit.Allowance.Metered(charge),
                denyStatus,
                advertise,
                "60 requests per minute",
                null);
        return new Standing(limit, charge, new Usage(0, waitMicros, waitMicros));
    }
}
