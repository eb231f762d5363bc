package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Platform teams edit the policy of running gateways. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReloadIT {

    private static final Duration LIVE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    void an_edit_is_live_without_a_failed_request_and_a_broken_one_changes_nothing_and_says_where() throws Exception {
        try (GatewayFleet fleet = GatewayFleet.ofTwo(GatewayFleet.Store.HAZELCAST, folder)) {
            String policy = Files.readString(fleet.policy());
            assertThat(advertised(fleet)).contains("\"shared\";q=1000000;w=3600");

            Files.writeString(
                    fleet.policy(),
                    policy.replace("window: 1M/h, on-store-failure: local", "window: 2M/h, on-store-failure: local"));
            within(LIVE, () -> advertised(fleet).contains("\"shared\";q=2000000;w=3600"));

            Files.writeString(fleet.policy(), policy.replace("window: 1M/h, on-store-failure: local", "windw: 1M/h"));
            within(LIVE, () -> fleet.metric(0, "policy_rejected") == 1.0);
            assertThat(advertised(fleet)).contains("\"shared\";q=2000000;w=3600");
            assertThat(fleet.log(0)).contains("policy.yaml:18:25:", "windw", "did you mean");
            assertThat(fleet.managementText(0, "/actuator/health/readiness")).contains("\"UP\"");

            Files.writeString(fleet.policy(), policy);
            within(LIVE, () -> advertised(fleet).contains("\"shared\";q=1000000;w=3600"));
            assertThat(fleet.metric(0, "policy_rejected")).isZero();
        }
    }

    private static void within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("live within %s", limit).isLessThan(end);
        }
    }

    /** What a client is told; every such request has to succeed. */
    private static String advertised(GatewayFleet fleet) {
        HttpResponse<String> response = fleet.get(0, "/api/feed/local/x", "fleet-user-1");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.headers().firstValue("ratelimit-policy").orElse("");
    }
}
