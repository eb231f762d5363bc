package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
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

    private static final Pattern REMAINING = Pattern.compile("\"name\":\"([a-z-]+)\"[^}]*\"remaining\":(\\d+)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void of_two_thousand_requests_at_once_through_both_exactly_the_limit_is_admitted(GatewayFleet.Store store)
            throws Exception {
        try (GatewayFleet fleet = GatewayFleet.ofTwo(store, STORE_TIMEOUT, folder)) {
            // A user's limit, each request from an address of its own.
            assertThat(statuses(i -> fleet.send(i % 2, "/api/feed/user/x", "fleet-user-0", "198.51.100." + i % 250)))
                    .as("user, %s", store)
                    .isEqualTo(Map.of(200, 500L, 429, 1_500L));

            // An address's limit, with several users behind it.
            assertThat(statuses(i -> fleet.send(i % 2, "/api/feed/ip/x", "fleet-user-" + i % 8, "203.0.113.7")))
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

    private static Map<Integer, Long> statuses(IntFunction<CompletableFuture<HttpResponse<String>>> request) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            answers.add(request.apply(i));
        }
        return answers.stream()
                .map(CompletableFuture::join)
                .collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting()));
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
