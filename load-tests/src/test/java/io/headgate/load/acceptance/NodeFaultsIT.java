package io.headgate.load.acceptance;

import static io.headgate.load.acceptance.SickService.KEY;
import static io.headgate.load.acceptance.ThreeGateways.request;
import static io.headgate.load.acceptance.ThreeGateways.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.load.acceptance.SickBackend.Mode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three gateways that are restarted and killed under load, and lose their store together with a backend. */
@Tag("faults")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodeFaultsIT {

    private static final long BUDGET = 100_000;

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

    @Test
    void aRollingRestartIsNoticedByNobodyAndNoLimitForgets() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong admitted = new AtomicLong();
        Map<String, LongAdder> statuses = new ConcurrentHashMap<>();
        List<String> errors = new CopyOnWriteArrayList<>();
        // What was bad, and when: before, while or after which of them left.
        List<String> story = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> load = new ArrayList<>();
        Semaphore answered = new Semaphore(0);
        for (int i = 0; i < 6; i++) {
            // Of the backend with the longer timeout: a machine that stands still for a second is nobody's failure.
            String path = i < 2 ? "/play/counted" : "/play/x";
            load.add(CompletableFuture.runAsync(
                    () -> {
                        while (running.get()) {
                            try {
                                HttpResponse<String> answer = service.gateways().get(path, "fleet-user-2");
                                int status = answer.statusCode();
                                if (status >= 500) {
                                    story.add(Instant.now() + " " + path + " " + status + " " + answer.body());
                                }
                                statuses.computeIfAbsent(path + " " + status, first -> new LongAdder())
                                        .increment();
                                admitted.addAndGet(path.endsWith("counted") && status == 200 ? 1 : 0);
                                answered.release();
                                TimeUnit.MILLISECONDS.sleep(10);
                            } catch (Exception e) {
                                errors.add(Instant.now() + " " + e);
                            }
                        }
                    },
                    each -> new Thread(each).start()));
        }
        for (GatewayNode gateway : service.gateways().nodes()) {
            assertThat(answered.tryAcquire(200, 60, TimeUnit.SECONDS)).isTrue();
            story.add(Instant.now() + " the next one leaves");
            ThreeGateways.restart(gateway);
        }
        // Until the limit is used up, whose count began before the first of them left.
        until(() -> statuses.containsKey("/play/counted 429"));
        running.set(false);
        load.forEach(CompletableFuture::join);
        assertThat(errors).as("%s", story).isEmpty();
        assertThat(statuses.keySet())
                .as("%s, %s", statuses, story)
                .isSubsetOf("/play/x 200", "/play/counted 200", "/play/counted 429");
        assertThat(admitted).as("of 500 in an hour").hasValue(500);
    }

    @Test
    void whatTheStoreSaysWasUsedIsWhatWasServed() throws Exception {
        List<String> kinds = List.of("WELL", "WELL", "WELL_FOR_AN_HOUR", "ANSWERS_500", "RESETS");
        Random random = new Random(6);
        AtomicLong served = new AtomicLong();
        for (int i = 0; i < 20; i++) {
            List<CompletableFuture<Void>> batch = new ArrayList<>();
            for (int j = 0; j < 30; j++) {
                batch.add(account(kinds.get(random.nextInt(kinds.size())), served));
            }
            batch.forEach(CompletableFuture::join);
        }
        until(() -> used() == served.get());

        // A gateway that is killed takes with it what it knew of the requests it had: those may have been counted.
        GatewayNode killed = service.gateways().nodes().get(0);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        long underWay = 0;
        for (int i = 0; i < 300; i++) {
            all.add(account("WELL", served));
            if (i == 150) {
                underWay = all.stream().filter(request -> !request.isDone()).count();
                killed.kill();
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        all.forEach(CompletableFuture::join);
        killed.startAgain();
        killed.awaitReady();
        assertThat(used()).isBetween(served.get(), served.get() + underWay);
    }

    /** Sends a request that its limit counts, and counts it too if the backend has served it. */
    private static CompletableFuture<Void> account(String kind, AtomicLong served) {
        return service.gateways()
                .send(request(service.gateways().balancer().port(), "/play/accounted/" + kind, "fleet-user-3"))
                .handle((answer, broken) -> answer != null
                        && answer.statusCode() == 200
                        && answer.headers().firstValue("Cache-Status").isEmpty())
                .thenAccept(made -> served.addAndGet(made ? 1 : 0));
    }

    private static long used() throws Exception {
        return BUDGET - service.gateways().remaining("budget", "fleet-user-3");
    }

    @Test
    void withoutStoreAndBackendEverybodyIsToldWhatIsMissingAndWhenToComeBack() throws Exception {
        service.gateways().redis().stop();
        service.feed().now(Mode.RESETS);
        try {
            for (GatewayNode gateway : service.gateways().nodes()) {
                until(() -> service.gateways()
                                        .get(gateway, "/api/feed/counted", KEY)
                                        .statusCode()
                                == 503
                        && gateway.metric("ratelimit_store_state") == 0);
                for (int i = 0; i < 40; i++) {
                    HttpResponse<String> undecided = service.gateways().get(gateway, "/api/feed/counted", KEY);
                    assertThat(undecided.statusCode()).isEqualTo(503);
                    assertThat(undecided.headers().firstValue("Retry-After")).isPresent();
                    assertProblem(undecided);
                    HttpResponse<String> failed = service.gateways().get(gateway, "/api/feed/x", KEY);
                    // On a machine that is busy the backend may come to its reset later than its breaker's timeout.
                    assertThat(failed.statusCode()).isIn(502, 503, 504);
                    assertThat(failed.headers().firstValue("Retry-After").isPresent())
                            .isEqualTo(failed.statusCode() == 503);
                    assertProblem(failed);
                    assertThat(service.gateways().get(gateway, "/play/x", KEY).statusCode())
                            .isEqualTo(200);
                }
            }
        } finally {
            service.gateways().redis().start();
        }
        for (GatewayNode gateway : service.gateways().nodes()) {
            until(() ->
                    service.gateways().get(gateway, "/api/feed/counted", KEY).statusCode() != 503
                            && gateway.metric("ratelimit_store_state") == 1);
        }
    }

    private static void assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"title\":", "\"detail\":", "\"status\":" + answer.statusCode());
    }
}
