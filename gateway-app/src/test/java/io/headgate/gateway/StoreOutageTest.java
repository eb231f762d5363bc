package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that was started before its Redis, which never comes. */
class StoreOutageTest {

    private static final WireMockServer BACKEND = new WireMockServer(options().dynamicPort());

    @TempDir
    static Path folder;

    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        BACKEND.start();
        BACKEND.stubFor(any(anyUrl()).willReturn(ok()));
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/outage.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=redis",
                "--headgate.store.redis.address=redis://127.0.0.1:1",
                "--headgate.backends.feed.uri=" + BACKEND.baseUrl()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.stop();
    }

    @Test
    void aLocalLimitIsEnforcedByThisNode() {
        for (int i = 0; i < 3; i++) {
            assertThat(get("/api/feed/local").status()).isEqualTo(200);
        }
        assertThat(get("/api/feed/local").status()).isEqualTo(429);
    }

    @Test
    void anOpenLimitRefusesNothing() {
        for (int i = 0; i < 10; i++) {
            assertThat(get("/api/feed/open").status()).isEqualTo(200);
        }
    }

    @Test
    void aClosedLimitIs503AndNever429() {
        for (int i = 0; i < 10; i++) {
            Answer answer = get("/api/feed/closed");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
            assertThat(answer.header("Retry-After")).isPresent();
            assertThat(answer.member("type")).endsWith("#temporary-reduced-capacity");
        }
    }

    @Test
    void theNodeIsReadyAndSaysThatItIsDegraded() {
        for (int i = 0; i < 10; i++) {
            get("/api/feed/open");
        }
        Answer readiness = Answer.to(gateway.managed("/actuator/health/readiness"));
        assertThat(readiness.status()).isEqualTo(200);
        Answer health = Answer.to(gateway.managed("/actuator/health"));
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body()).contains("\"status\":\"DEGRADED\"", "\"answering\":false");
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("ratelimit_store_state\\{[^}]*store=\"redis\"} 0.0")
                .containsPattern("ratelimit_store_latency_seconds_count\\{[^}]*outcome=\"unavailable\"");
    }

    private static Answer get(String path) {
        return Answer.to(gateway.at(path));
    }
}
