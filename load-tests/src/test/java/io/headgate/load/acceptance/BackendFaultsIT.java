package io.headgate.load.acceptance;

import static io.headgate.load.acceptance.SickService.KEY;
import static io.headgate.load.acceptance.SickService.feedBreakerIs;
import static io.headgate.load.acceptance.ThreeGateways.request;
import static io.headgate.load.acceptance.ThreeGateways.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.load.acceptance.SickBackend.Mode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three gateways, and backends that are ill in all ways there are. */
@Tag("faults")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackendFaultsIT {

    @TempDir
    private static Path folder;

    private static SickService service;

    @BeforeAll
    static void start() throws Exception {
        service = SickService.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        if (service != null) {
            service.close();
        }
    }

    @AfterEach
    void recover() throws Exception {
        service.recover();
    }

    /** So many requests at the same time, through all gateways, and their answers. */
    private static List<HttpResponse<String>> manyAtOnce(int requests, String path) {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, requests)
                .mapToObj(i -> service.gateways()
                        .send(request(service.gateways().nodes().get(i % 3).port(), path, KEY)))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"STALLS", "RESETS", "ANSWERS_500"})
    void aBreakerOpensOnAnIllBackendAndClosesOnceItIsWell(Mode illness) throws Exception {
        service.feed().now(illness);
        for (GatewayNode gateway : service.gateways().nodes()) {
            until(() -> {
                assertThat(manyAtOnce(30, "/api/feed/x")).allMatch(answer -> answer.statusCode() >= 500);
                return feedBreakerIs("open", gateway);
            });
        }
        long before = service.feed().requests();
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            for (HttpResponse<String> answer : manyAtOnce(30, "/api/feed/x")) {
                assertThat(answer.statusCode()).isBetween(500, 504);
                refused += answer.statusCode() == 503
                                && answer.headers().firstValue("Retry-After").isPresent()
                        ? 1
                        : 0;
            }
        }
        // All others were probes, a few each time that a breaker looks whether the backend is back.
        assertThat(service.feed().requests() - before).isLessThanOrEqualTo(300 - refused);
        assertThat(refused).isGreaterThan(150);
        assertThat(service.gateways().get("/play/x", KEY).statusCode())
                .as("another backend")
                .isEqualTo(200);
        // Which waits until every breaker is closed again.
        service.recover();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"CRAWLS", "FLAPS"})
    void aBackendThatCrawlsOrFlapsLeavesNobodyWaiting(Mode illness) throws Exception {
        service.feed().now(illness);
        Map<String, LongAdder> endings = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(service.gateways()
                    .send(request(service.gateways().nodes().get(i % 3).port(), "/api/feed/x", KEY))
                    .handle((answer, broken) -> answer == null ? "broken" : "" + answer.statusCode())
                    .thenAccept(how -> endings.computeIfAbsent(how, first -> new LongAdder())
                            .increment()));
            TimeUnit.MILLISECONDS.sleep(20);
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        // What had begun breaks off, so that it never looks complete; what had not is an answer.
        assertThat(endings.keySet()).isSubsetOf("200", "500", "502", "503", "504", "broken");
        assertThat(endings.containsKey("broken")).as("%s", endings).isEqualTo(illness == Mode.CRAWLS);
    }

    @Test
    void aDeadBackendIsTriedAtMostATenthMoreOftenThanItIsAskedFor() throws Exception {
        service.playback().now(Mode.RESETS);
        long before = service.playback().requests();
        int batches = 30;
        for (int i = 0; i < batches; i++) {
            assertThat(manyAtOnce(30, "/play/x")).allMatch(answer -> answer.statusCode() == 502);
        }
        assertThat((service.playback().requests() - before) / (30.0 * batches)).isBetween(1.0, 1.10);
    }
}
