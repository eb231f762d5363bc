package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.testkit.AdmissionOracle;
import io.headgate.limiter.testkit.NodeLog;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two gateways on one store enforce one limit, to the request. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetIT {

    private static final int REQUESTS = 2_000;

    /** Long enough for a store that shares a busy build machine: this is about counting, and not about outages. */
    private static final String STORE_TIMEOUT = "200ms";

    /** What each of the floods runs into: 500 an hour of one caller, whom the oracle needs no name for. */
    private static final Charge WATCHED = new Charge(
            LimitKey.of("flooded", Subject.EVERYONE),
            new SlidingWindow(500, Duration.ofHours(1)),
            1,
            OnStoreFailure.LOCAL);

    private static final Pattern REMAINING = Pattern.compile("\"name\":\"([a-z-]+)\"[^}]*\"remaining\":(\\d+)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void of_two_thousand_requests_at_once_through_both_exactly_the_limit_is_admitted(GatewayFleet.Store store)
            throws Exception {
        try (GatewayFleet fleet = GatewayFleet.ofTwo(store, STORE_TIMEOUT, folder)) {
            // A user's limit, each request from an address of its own.
            assertThat(judged(i -> fleet.send(i % 2, "/api/feed/user/x", "fleet-user-0", "198.51.100." + i % 250)))
                    .as("user, %s", store)
                    .isEqualTo(Map.of(200, 500L, 429, 1_500L));

            // An address's limit, with several users behind it.
            assertThat(judged(i -> fleet.send(i % 2, "/api/feed/ip/x", "fleet-user-" + i % 8, "203.0.113.7")))
                    .as("address, %s", store)
                    .isEqualTo(Map.of(200, 500L, 429, 1_500L));

            // A request that one limit refuses has consumed nothing of the others.
            Map<String, Long> before = remaining(fleet.get(0, "/limits", "fleet-user-0"));
            assertThat(before).containsEntry("hourly", 0L);
            for (int i = 0; i < 20; i++) {
                assertThat(fleet.get(i % 2, "/api/feed/user/x", "fleet-user-0").statusCode())
                        .isEqualTo(429);
            }
            assertThat(remaining(fleet.get(1, "/limits", "fleet-user-0"))).isEqualTo(before);
        }
    }

    /** How many were answered with which status; and an oracle that saw each of them come and go finds nothing wrong. */
    private static Map<Integer, Long> judged(IntFunction<CompletableFuture<HttpResponse<String>>> request) {
        AdmissionOracle oracle = new AdmissionOracle();
        NodeLog log = oracle.node();
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            long sent = System.nanoTime() / 1_000;
            answers.add(request.apply(i).thenApply(answer -> {
                long received = System.nanoTime() / 1_000 + 1;
                log.saw(new NodeLog.Call(List.of(WATCHED), sent, received, verdict(answer.statusCode())));
                return answer.statusCode();
            }));
        }
        Map<Integer, Long> statuses = answers.stream()
                .map(CompletableFuture::join)
                .collect(Collectors.groupingBy(status -> status, Collectors.counting()));
        oracle.checkAdmissions();
        oracle.checkRefusals();
        return statuses;
    }

    private static NodeLog.Verdict verdict(int status) {
        return switch (status) {
            case 200 -> NodeLog.Verdict.ADMITTED;
            case 429 -> NodeLog.Verdict.REFUSED;
            default -> NodeLog.Verdict.UNDECIDED;
        };
    }

    /** What is left of the limits that do not regain by themselves while the test runs. */
    private static Map<String, Long> remaining(HttpResponse<String> limits) {
        assertThat(limits.statusCode()).isEqualTo(200);
        return REMAINING
                .matcher(limits.body())
                .results()
                .collect(Collectors.toMap(found -> found.group(1), FleetIT::number));
    }

    private static long number(MatchResult found) {
        return Long.parseLong(found.group(2));
    }
}
