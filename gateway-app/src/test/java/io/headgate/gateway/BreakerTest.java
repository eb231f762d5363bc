package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {

    private static final WireMockServer BACKEND = new WireMockServer(options().dynamicPort());

    @TempDir
    static Path folder;

    private static Path policy;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        BACKEND.start();
        policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/breakers.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=" + BACKEND.baseUrl(),
                "--headgate.backends.playback.uri=" + BACKEND.baseUrl(),
                "--headgate.backends.upload.uri=http://127.0.0.1:1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.stop();
    }

    @BeforeEach
    void reset() {
        BACKEND.resetAll();
        gateway.bean(CircuitBreakerRegistry.class).getAllCircuitBreakers().forEach(CircuitBreaker::reset);
    }

    @Test
    void aServerErrorPassesThroughUnchangedUntilTheBreakerOpens() {
        backend(aResponse().withStatus(500).withHeader("X-Own", "yes").withBody("own words"));
        for (int i = 0; i < 10; i++) {
            Answer answer = get("/api/feed/ada");
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("own words");
            assertThat(answer.header("X-Own")).contains("yes");
        }
        Answer refused = get("/api/feed/ada");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Content-Type")).contains("application/problem+json");
        assertThat(refused.header("Retry-After")).contains("70");
        assertThat(refused.member("type")).endsWith("#temporary-reduced-capacity");
        assertThat(BACKEND.findAll(getRequestedFor(anyUrl()))).hasSize(10);
    }

    @Test
    void aBreakerMayLookAtTheCallsOfATimeOnceThereAreEnough() {
        for (int i = 0; i < 10; i++) {
            assertThat(get("/files/film").status()).isEqualTo(502);
        }
        assertThat(get("/files/film").status()).isEqualTo(503);
        CircuitBreaker breaker = gateway.bean(CircuitBreakerRegistry.class).circuitBreaker("upload");
        assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowType())
                .isEqualTo(CircuitBreakerConfig.SlidingWindowType.TIME_BASED);
        assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(300);
    }

    @Test
    void theOtherBackendsAreNotTouched() {
        backend(aResponse().withStatus(500));
        for (int i = 0; i < 11; i++) {
            get("/api/feed/ada");
        }
        backend(ok());
        assertThat(get("/api/feed/ada").status()).isEqualTo(503);
        assertThat(get("/play/demo").status()).isEqualTo(200);
    }

    @Test
    void clientErrorsAreNoFailures() {
        backend(aResponse().withStatus(404));
        for (int i = 0; i < 30; i++) {
            assertThat(get("/api/feed/ada").status()).isEqualTo(404);
        }
    }

    @Test
    void anAnswerAfterThreeSecondsSurvives() {
        backend(ok("late").withFixedDelay(3_000));
        assertThat(get("/api/feed/slow").body()).isEqualTo("late");
    }

    @Test
    void aBackendThatStallsIs504AndOpensItsBreaker() {
        backend(ok().withFixedDelay(12_000));
        List<CompletableFuture<Answer>> stalled =
                Stream.generate(() -> later("/play/demo")).limit(10).toList();
        for (CompletableFuture<Answer> answer : stalled) {
            assertThat(answer.join().status()).isEqualTo(504);
            assertThat(answer.join().header("Content-Type")).contains("application/problem+json");
        }
        assertThat(get("/play/spared").status()).isEqualTo(503);
        assertThat(BACKEND.findAll(getRequestedFor(urlEqualTo("/play/spared")))).isEmpty();
    }

    @Test
    void aBodyMayTakeLongerThanTheTimeout() {
        backend(ok("a slow and steady body").withChunkedDribbleDelay(5, 6_000));
        assertThat(get("/play/demo").body()).isEqualTo("a slow and steady body");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "RANDOM_DATA_THEN_CLOSE"})
    void noValidAnswerIs502AndOpensTheBreaker(Fault fault) {
        backend(aResponse().withFault(fault));
        for (int i = 0; i < 10; i++) {
            Answer answer = get("/api/feed/ada");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
        }
        assertThat(get("/api/feed/ada").status()).isEqualTo(503);
    }

    @Test
    void aBackendThatIsNotThereIs502() {
        assertThat(get("/files/7").status()).isEqualTo(502);
    }

    @Test
    void clientsThatBreakOffDoNotOpenTheBreaker() throws IOException {
        backend(ok());
        CircuitBreaker breaker =
                gateway.bean(CircuitBreakerRegistry.class).find("feed").orElseThrow();
        for (int i = 0; i < 20; i++) {
            try (Socket socket = RawHttp.connect(gateway.port())) {
                RawHttp.write(
                        socket,
                        "POST /api/feed/ada HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
                                + "x".repeat(10_000));
                // Resets the connection instead of closing it.
                socket.setSoLinger(true, 0);
            }
        }
        assertThat(get("/api/feed/ada").status()).isEqualTo(200);
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
    }

    @Test
    void aBodyThatIsNoneIs400AndNoFaultOfTheBackend() throws IOException {
        backend(ok());
        for (int i = 0; i < 10; i++) {
            assertThat(RawHttp.send(
                            gateway.port(),
                            "POST /api/feed/ada HTTP/1.1",
                            "Host: localhost",
                            "Transfer-Encoding: chunked",
                            "",
                            "zzz",
                            "not a chunk"))
                    .startsWith("HTTP/1.1 400 ");
        }
        assertThat(get("/api/feed/ada").status()).isEqualTo(200);
    }

    @Test
    void aRuleThatIsEditedGoesLive() throws Exception {
        backend(aResponse().withStatus(500));
        for (int i = 0; i < 11; i++) {
            get("/api/feed/ada");
        }
        assertThat(get("/api/feed/ada").header("Retry-After")).contains("70");
        String text = Files.readString(policy);
        Files.writeString(
                policy,
                text.replace(
                        "50% of 10 calls fail, slow-call: none, timeout: 60s, retry-after: 70s",
                        "50% of 2 calls fail, slow-call: none, timeout: 60s, retry-after: 90s"));
        awaitRetryAfter("90");
        Files.writeString(policy, text);
        awaitRetryAfter("70");
    }

    @Test
    void operatorsSeeTheStateOfEachBreaker() {
        backend(aResponse().withStatus(500));
        for (int i = 0; i < 10; i++) {
            get("/api/feed/ada");
        }
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("resilience4j_circuitbreaker_state\\{[^}]*name=\"feed\",state=\"open\"} 1.0")
                .containsPattern("resilience4j_circuitbreaker_state\\{[^}]*name=\"playback\",state=\"closed\"} 1.0");
    }

    /** Each rule has a time of its own: it is seen once that rule's breaker is open. */
    private static void awaitRetryAfter(String seconds) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        while (!get("/api/feed/ada").header("Retry-After").equals(Optional.of(seconds))) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(50);
        }
    }

    private static void backend(ResponseDefinitionBuilder response) {
        BACKEND.resetMappings();
        BACKEND.stubFor(any(anyUrl()).willReturn(response));
    }

    private static CompletableFuture<Answer> later(String path) {
        return Answer.later(HttpRequest.newBuilder(gateway.at(path)).build());
    }

    private static Answer get(String path) {
        return Answer.to(gateway.at(path));
    }
}
