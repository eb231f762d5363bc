package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Redis goes and comes back under load. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutageIT {

    private static final List<String> MODES = List.of("local", "open", "closed");

    @TempDir
    private Path folder;

    private record Answer(String mode, int status, String type, boolean retryAfter, long beganNanos, Duration took) {}

    @Test
    void while_redis_is_gone_each_limit_does_what_the_policy_says_and_nobody_waits_for_it() throws Exception {
        try (GatewayFleet fleet = GatewayFleet.ofTwo(GatewayFleet.Store.REDIS, folder)) {
            ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
            Semaphore answered = new Semaphore(0);
            AtomicBoolean running = new AtomicBoolean(true);
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int worker = i;
                load.add(CompletableFuture.runAsync(() -> {
                    while (running.get()) {
                        answers.add(request(fleet, worker % 2, MODES.get(worker % 3)));
                        answered.release();
                    }
                }));
            }
            // Warm first: what is measured is an outage, and not a start.
            awaitMore(answered, 2_000);
            answers.clear();
            awaitMore(answered, 300);
            assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));

            fleet.redis().stop();
            long gone = System.nanoTime();
            answers.clear();
            awaitMore(answered, 600);
            List<Answer> outage = answers.stream()
                    .filter(answer -> answer.beganNanos() - gone > 0)
                    .toList();

            fleet.redis().start();
            long back = System.nanoTime();
            fleet.awaitMetric(0, "ratelimit_store_state", 1.0);
            fleet.awaitMetric(1, "ratelimit_store_state", 1.0);
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(5));
            running.set(false);
            load.forEach(CompletableFuture::join);

            assertThat(outage).allSatisfy(answer -> {
                if (answer.mode().equals("closed")) {
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.type()).isEqualTo("application/problem+json");
                    assertThat(answer.retryAfter()).isTrue();
                } else {
                    assertThat(answer.status()).isEqualTo(200);
                }
            });
            // The client library would wait twenty seconds by itself.
            assertThat(outage).allSatisfy(answer -> assertThat(answer.took()).isLessThan(Duration.ofMillis(500)));

            long admitted = 0;
            for (int i = 0; i < 1_000; i++) {
                admitted += fleet.send(i % 2, "/api/feed/user/x", "fleet-user-7", "192.0.2.9")
                                        .join()
                                        .statusCode()
                                == 200
                        ? 1
                        : 0;
            }
            assertThat(admitted).as("shared again, to the request").isEqualTo(500);
        }
    }

    private static Answer request(GatewayFleet fleet, int gateway, String mode) {
        long begin = System.nanoTime();
        HttpResponse<String> response = fleet.get(gateway, "/api/feed/" + mode + "/x", "fleet-user-" + gateway);
        return new Answer(
                mode,
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                response.headers().firstValue("retry-after").isPresent(),
                begin,
                Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Waits for answers that nobody has waited for yet. */
    private static void awaitMore(Semaphore answered, int count) throws InterruptedException {
        answered.drainPermits();
        assertThat(answered.tryAcquire(count, 60, TimeUnit.SECONDS))
                .as("%d answers in a minute", count)
                .isTrue();
    }
}
