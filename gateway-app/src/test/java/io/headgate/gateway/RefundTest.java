package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each client may send three requests an hour. */
class RefundTest {

    private static final WireMockServer BACKEND = new WireMockServer(options().dynamicPort());

    @TempDir
    static Path folder;

    private static RunningGateway gateway;
    private static int next = 1;

    @BeforeAll
    static void start() throws IOException {
        BACKEND.start();
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/refunds.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=" + BACKEND.baseUrl(),
                "--headgate.backends.playback.uri=" + BACKEND.baseUrl(),
                "--headgate.backends.upload.uri=http://127.0.0.1:1"));
        // The first requests of a cold gateway may take longer than the backends' timeout.
        BACKEND.stubFor(any(anyUrl()).willReturn(ok()));
        for (int i = 0; i < 3; i++) {
            var unused = answers(client(250 + i), "/play/warm", 1);
            unused = answers(client(250 + i), "/api/feed/warm", 1);
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.stop();
    }

    @Test
    void aRequestThatNoBackendHasSeenCostsNothing() {
        Client client = client(next++);
        assertThat(answers(client, "/files/7", 10)).containsExactly(502, 502, 502, 502, 502, 503, 503, 503, 503, 503);
        assertThat(left(client)).isEqualTo(3);
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("ratelimit_refunds_total\\{[^}]*backend=\"upload\",reason=\"unreached\"} 5.0")
                .containsPattern("ratelimit_refunds_total\\{[^}]*backend=\"upload\",reason=\"breaker_open\"} 5.0");
    }

    static Stream<ResponseDefinitionBuilder> failures() {
        return Stream.of(aResponse().withStatus(500), aResponse().withFault(Fault.EMPTY_RESPONSE));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatABackendHasSeenIsCountedUnlessThePolicySaysOtherwise(ResponseDefinitionBuilder failure) {
        BACKEND.stubFor(any(anyUrl()).willReturn(failure));
        Client counted = client(next++);
        assertThat(answers(counted, "/api/feed/ada", 4)).endsWith(429);
        Client refunded = client(next++);
        assertThat(answers(refunded, "/play/demo", 4)).allMatch(status -> status >= 500);
        assertThat(left(refunded)).isEqualTo(3);
    }

    @Test
    void anAnswerThatCameTooLateIsNoDifferent() {
        BACKEND.stubFor(any(anyUrl()).willReturn(ok().withFixedDelay(12_000)));
        Client counted = client(next++);
        Client refunded = client(next++);
        CompletableFuture<Answer> meanwhile =
                Answer.later(counted.request("/api/feed/ada").build());
        assertThat(answers(refunded, "/play/demo", 1)).containsExactly(504);
        assertThat(meanwhile.join().status()).isEqualTo(504);
        assertThat(left(counted)).isEqualTo(2);
        assertThat(left(refunded)).isEqualTo(3);
    }

    @Test
    void aSuccessIsNeverGivenBack() {
        BACKEND.stubFor(any(anyUrl()).willReturn(ok()));
        assertThat(answers(client(next++), "/play/demo", 4)).containsExactly(200, 200, 200, 429);
    }

    private static List<Integer> answers(Client client, String path, int count) {
        return Stream.generate(() -> client.get(path).status()).limit(count).toList();
    }

    private static int left(Client client) {
        String limits = client.get("/limits").body();
        return Integer.parseInt(limits.replaceAll(".*\"remaining\":(\\d+).*", "$1"));
    }

    private static Client client(int number) {
        return new Client(gateway, "", List.of("X-Forwarded-For", "10.2.0." + number));
    }
}
