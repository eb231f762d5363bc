package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.load.Ports;
import io.headgate.load.acceptance.SickBackend.Mode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
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
import redis.embedded.RedisServer;

/** Three gateways on one Redis, and what they stand in front of comes to harm. */
@Tag("faults")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayFaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static final SickBackend FEED = new SickBackend();
    private static final SickBackend PLAYBACK = new SickBackend();
    private static final List<GatewayNode> GATEWAYS = new ArrayList<>();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static int redisPort;
    private static RedisServer redis;
    private static Balancer balancer;

    @BeforeAll
    static void start() throws Exception {
        redisPort = Ports.anyFree();
        redis = startRedis();
        for (int i = 0; i < 3; i++) {
            GATEWAYS.add(GatewayNode.start(
                    "gateway-" + i,
                    folder,
                    List.of(
                            "--headgate.policy=" + resource("faults.yaml"),
                            "--headgate.auth.api-keys=" + resource("api-keys.yaml"),
                            "--headgate.store.type=redis",
                            "--headgate.store.redis.address=redis://127.0.0.1:" + redisPort,
                            "--headgate.backends.upload.uri=http://127.0.0.1:" + FEED.port(),
                            "--headgate.backends.feed.uri=http://127.0.0.1:" + FEED.port(),
                            "--headgate.backends.playback.uri=http://127.0.0.1:" + PLAYBACK.port(),
                            "--headgate.drain.notice=2s")));
        }
        for (GatewayNode gateway : GATEWAYS) {
            gateway.awaitReady();
        }
        balancer = new Balancer(GATEWAYS);
    }

    @AfterAll
    static void stop() throws IOException {
        if (balancer != null) {
            balancer.close();
        }
        GATEWAYS.forEach(GatewayNode::close);
        FEED.close();
        PLAYBACK.close();
        redis.stop();
    }

    @AfterEach
    void recover() throws Exception {
        FEED.now(Mode.WELL);
        PLAYBACK.now(Mode.WELL);
        for (GatewayNode gateway : GATEWAYS) {
            until(() -> get(gateway, "/api/feed/x").statusCode() == 200 && breakerIs("closed", gateway));
        }
    }

    private static RedisServer startRedis() throws IOException {
        RedisServer server = RedisServer.newRedisServer()
                .port(redisPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        return server;
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/acceptance").resolve(name).toAbsolutePath();
    }

    /** Something that may fail, and that is so or not. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
            Thread.sleep(20);
        }
    }

    /** So many requests at the same time, through all gateways, and their answers. */
    private static List<HttpResponse<String>> manyAtOnce(int requests, String path) {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, requests)
                .mapToObj(i -> CLIENT.sendAsync(
                        request(GATEWAYS.get(i % 3).port(), path, "fleet-user-1"),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static boolean breakerIs(String state, GatewayNode gateway) throws Exception {
        return gateway.metric("resilience4j_circuitbreaker_state", "name=\"feed\"", "state=\"" + state + "\"") == 1;
    }

    private static HttpRequest request(int port, String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-API-Key", key)
                .timeout(PATIENCE)
                .build();
    }

    private static HttpResponse<String> get(GatewayNode gateway, String path) throws Exception {
        return CLIENT.send(request(gateway.port(), path, "fleet-user-1"), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"STALLS", "RESETS", "ANSWERS_500"})
    void a_breaker_opens_on_an_ill_backend_and_closes_once_it_is_well(Mode illness) throws Exception {
        FEED.now(illness);
        for (GatewayNode gateway : GATEWAYS) {
            until(() -> {
                assertThat(manyAtOnce(30, "/api/feed/x")).allMatch(answer -> answer.statusCode() >= 500);
                return breakerIs("open", gateway);
            });
        }
        long before = FEED.requests();
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
        assertThat(FEED.requests() - before).isLessThanOrEqualTo(300 - refused);
        assertThat(refused).isGreaterThan(150);
        assertThat(get(GATEWAYS.get(0), "/play/x").statusCode())
                .as("another backend")
                .isEqualTo(200);
        FEED.now(Mode.WELL);
        for (GatewayNode gateway : GATEWAYS) {
            until(() -> get(gateway, "/api/feed/x").statusCode() == 200 && breakerIs("closed", gateway));
        }
    }

    @Test
    void a_backend_that_crawls_or_flaps_leaves_nobody_waiting() throws Exception {
        for (Mode mode : List.of(Mode.CRAWLS, Mode.FLAPS)) {
            FEED.now(mode);
            Map<String, LongAdder> endings = new ConcurrentHashMap<>();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                all.add(CLIENT.sendAsync(
                                request(GATEWAYS.get(i % 3).port(), "/api/feed/x", "fleet-user-1"),
                                HttpResponse.BodyHandlers.ofString())
                        .handle((answer, broken) -> answer == null ? "broken" : "" + answer.statusCode())
                        .thenAccept(how -> endings.computeIfAbsent(how, first -> new LongAdder())
                                .increment()));
                TimeUnit.MILLISECONDS.sleep(20);
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            // What had begun breaks off, so that it never looks complete; what had not is an answer.
            assertThat(endings.keySet()).isSubsetOf("200", "500", "502", "503", "broken");
            assertThat(endings.containsKey("broken"))
                    .as("%s: %s", mode, endings)
                    .isEqualTo(mode == Mode.CRAWLS);
        }
    }

    @Test
    void a_dead_backend_is_tried_at_most_a_tenth_more_often_than_it_is_asked_for() throws Exception {
        PLAYBACK.now(Mode.RESETS);
        long before = PLAYBACK.requests();
        int batches = 30;
        for (int i = 0; i < batches; i++) {
            assertThat(manyAtOnce(30, "/play/x")).allMatch(answer -> answer.statusCode() == 502);
        }
        assertThat((PLAYBACK.requests() - before) / (30.0 * batches)).isBetween(1.0, 1.10);
    }

    @Test
    void a_rolling_restart_is_noticed_by_nobody_and_no_limit_forgets() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong admitted = new AtomicLong();
        Map<String, LongAdder> statuses = new ConcurrentHashMap<>();
        List<String> errors = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> load = new ArrayList<>();
        Semaphore answered = new Semaphore(0);
        for (int i = 0; i < 6; i++) {
            String path = i < 2 ? "/api/feed/counted" : "/api/feed/x";
            load.add(CompletableFuture.runAsync(() -> {
                while (running.get()) {
                    try {
                        int status = CLIENT.send(
                                        request(balancer.port(), path, "fleet-user-2"),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode();
                        statuses.computeIfAbsent(path + " " + status, first -> new LongAdder())
                                .increment();
                        admitted.addAndGet(path.endsWith("counted") && status == 200 ? 1 : 0);
                        answered.release();
                        TimeUnit.MILLISECONDS.sleep(10);
                    } catch (IOException e) {
                        errors.add(e.toString());
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }));
        }
        for (GatewayNode gateway : GATEWAYS) {
            assertThat(answered.tryAcquire(200, 60, TimeUnit.SECONDS)).isTrue();
            gateway.terminate();
            gateway.awaitGone();
            gateway.startAgain();
            gateway.awaitReady();
        }
        assertThat(answered.tryAcquire(200, 60, TimeUnit.SECONDS)).isTrue();
        running.set(false);
        load.forEach(CompletableFuture::join);
        assertThat(errors).isEmpty();
        assertThat(statuses.keySet())
                .as("%s", statuses)
                .isSubsetOf("/api/feed/x 200", "/api/feed/counted 200", "/api/feed/counted 429");
        assertThat(admitted).as("of 500 in an hour").hasValue(500);
    }

    @Test
    void what_the_store_says_was_used_is_what_was_served() throws Exception {
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
        until(() -> used("fleet-user-3") == served.get());

        // A gateway that is killed takes with it what it knew of the requests it had: those may have been counted.
        List<CompletableFuture<Void>> all = new ArrayList<>();
        long underWay = 0;
        for (int i = 0; i < 300; i++) {
            all.add(account("WELL", served));
            if (i == 150) {
                underWay = all.stream().filter(request -> !request.isDone()).count();
                GATEWAYS.get(0).kill();
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        all.forEach(CompletableFuture::join);
        GATEWAYS.get(0).startAgain();
        GATEWAYS.get(0).awaitReady();
        assertThat(used("fleet-user-3")).isBetween(served.get(), served.get() + underWay);
    }

    /** Sends a request that its limit counts, and counts it too if the backend has served it. */
    private static CompletableFuture<Void> account(String kind, AtomicLong served) {
        return CLIENT.sendAsync(
                        request(balancer.port(), "/play/accounted/" + kind, "fleet-user-3"),
                        HttpResponse.BodyHandlers.ofString())
                .handle((answer, broken) -> answer != null
                        && answer.statusCode() == 200
                        && answer.headers().firstValue("Cache-Status").isEmpty())
                .thenAccept(made -> served.addAndGet(made ? 1 : 0));
    }

    private static long used(String key) throws Exception {
        String limits = CLIENT.send(request(balancer.port(), "/limits", key), HttpResponse.BodyHandlers.ofString())
                .body();
        return 100_000 - Long.parseLong(limits.replaceAll(".*\"name\":\"budget\"[^}]*\"remaining\":(\\d+).*", "$1"));
    }

    @Test
    void without_store_and_backend_everybody_is_told_what_is_missing_and_when_to_come_back() throws Exception {
        redis.stop();
        FEED.now(Mode.RESETS);
        try {
            for (GatewayNode gateway : GATEWAYS) {
                until(() -> get(gateway, "/api/feed/counted").statusCode() == 503
                        && gateway.metric("ratelimit_store_state") == 0);
                for (int i = 0; i < 40; i++) {
                    HttpResponse<String> undecided = get(gateway, "/api/feed/counted");
                    assertThat(undecided.statusCode()).isEqualTo(503);
                    assertThat(undecided.headers().firstValue("Retry-After")).isPresent();
                    assertProblem(undecided);
                    HttpResponse<String> failed = get(gateway, "/api/feed/x");
                    assertThat(failed.statusCode()).isIn(502, 503);
                    assertThat(failed.headers().firstValue("Retry-After").isPresent())
                            .isEqualTo(failed.statusCode() == 503);
                    assertProblem(failed);
                    assertThat(get(gateway, "/play/x").statusCode()).isEqualTo(200);
                }
            }
        } finally {
            redis = startRedis();
        }
        for (GatewayNode gateway : GATEWAYS) {
            until(() -> get(gateway, "/api/feed/counted").statusCode() != 503
                    && gateway.metric("ratelimit_store_state") == 1);
        }
    }

    private static void assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"title\":", "\"detail\":", "\"status\":" + answer.statusCode());
    }
}
