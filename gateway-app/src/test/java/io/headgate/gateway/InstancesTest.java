package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.headgate.gateway.ScriptedBackend.Ending;
import io.headgate.gateway.ScriptedBackend.Script;
import io.headgate.gateway.ScriptedBackend.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances of the feed, three of playback, and one upload backend without a breaker. */
class InstancesTest {

    private static final Script WELL = (head, connection) -> {
        boolean ill = head.startsWith("GET /health ");
        RawHttp.write(connection, ill ? "HTTP/1.1 204 No Content\r\n\r\n" : ScriptedBackend.OK);
        return Ending.OPEN;
    };
    private static final List<ScriptedBackend> FEED =
            Stream.generate(() -> ScriptedBackend.start(WELL)).limit(2).toList();
    private static final List<ScriptedBackend> PLAYBACK =
            Stream.generate(() -> ScriptedBackend.start(WELL)).limit(3).toList();
    private static final ScriptedBackend UPLOAD = ScriptedBackend.start(WELL);

    @TempDir
    static Path folder;

    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/instances.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=" + uris(FEED),
                "--headgate.backends.playback.uri=" + uris(PLAYBACK),
                "--headgate.backends.playback.health-path=/health",
                "--headgate.backends.health-interval=200ms",
                "--headgate.backends.upload.uri=" + UPLOAD.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        FEED.forEach(ScriptedBackend::close);
        PLAYBACK.forEach(ScriptedBackend::close);
        UPLOAD.close();
    }

    @BeforeEach
    void reset() {
        Stream.of(FEED, PLAYBACK, List.of(UPLOAD)).flatMap(List::stream).forEach(backend -> backend.now(WELL));
        gateway.bean(CircuitBreakerRegistry.class).getAllCircuitBreakers().forEach(CircuitBreaker::reset);
    }

    @Test
    void requestsGoToAllInstances() {
        assertThat(statuses(40, "/api/feed/ada")).containsOnly(200);
        assertThat(FEED).allSatisfy(instance -> assertThat(instance.seen()).isNotEmpty());
    }

    @Test
    void aPathStaysWithOneInstanceAndPathsAreSpread() {
        for (int i = 0; i < 30; i++) {
            assertThat(statuses(3, "/play/segment" + i)).containsOnly(200);
        }
        for (ScriptedBackend instance : PLAYBACK) {
            Map<String, Long> segments = instance.seen().stream()
                    .map(Seen::line)
                    .filter(line -> line.contains("segment"))
                    .collect(Collectors.groupingBy(line -> line, Collectors.counting()));
            assertThat(segments.values()).isNotEmpty().containsOnly(3L);
        }
    }

    @Test
    void nobodyNoticesThatAnInstanceIsGoneAndItIsAskedAgainLater() throws Exception {
        ScriptedBackend gone = FEED.get(0);
        gone.goAway();
        assertThat(statuses(60, "/api/feed/ada")).containsOnly(200);
        String authority = gone.uri().getAuthority();
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("backend_ejections_total\\{[^}]*instance=\"" + authority + "\"} 1.0")
                .containsPattern("backend_instance_fit\\{[^}]*instance=\"" + authority + "\"} 0.0");
        gone.comeBack(WELL);
        await(() -> {
            statuses(1, "/api/feed/ada");
            return !gone.seen().isEmpty();
        });
    }

    @Test
    void anInstanceThatSaysItIsIllIsLeftAloneUntilItSaysThatItIsWell() throws Exception {
        ScriptedBackend ill = PLAYBACK.get(2);
        ill.now((head, connection) -> {
            boolean asked = head.startsWith("GET /health ");
            RawHttp.write(connection, asked ? "HTTP/1.1 500 Ill\r\nContent-Length: 0\r\n\r\n" : ScriptedBackend.OK);
            return Ending.OPEN;
        });
        await(() -> fit(ill).equals("0.0"));
        for (int i = 0; i < 30; i++) {
            assertThat(statuses(1, "/play/other" + i)).containsOnly(200);
        }
        assertThat(ill.seen()).noneMatch(seen -> seen.line().contains("other"));
        ill.now(WELL);
        await(() -> fit(ill).equals("1.0"));
        for (int i = 0; i < 30; i++) {
            assertThat(statuses(1, "/play/other" + i)).containsOnly(200);
        }
        assertThat(ill.seen()).anyMatch(seen -> seen.line().contains("other"));
    }

    @Test
    void eachInstanceHasABreakerOfItsOwn() {
        CircuitBreakerRegistry breakers = gateway.bean(CircuitBreakerRegistry.class);
        String ill = "feed@" + FEED.get(0).uri().getAuthority();
        breakers.circuitBreaker(ill).transitionToOpenState();
        assertThat(statuses(20, "/api/feed/ada")).containsOnly(200);
        assertThat(FEED.get(0).seen()).isEmpty();
        breakers.circuitBreaker("feed@" + FEED.get(1).uri().getAuthority()).transitionToOpenState();
        Answer refused = Answer.to(gateway.at("/api/feed/ada"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).contains("3");
    }

    @Test
    void aReadThatTakesLongIsSentToASecondInstanceAndTheOtherConnectionIsClosed() throws Exception {
        statuses(30, "/api/feed/ada");
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean stalled = new AtomicBoolean();
        feedIs((head, connection) -> {
            if (stalled.compareAndSet(false, true)) {
                while (connection.getInputStream().read() >= 0) {
                    // Nothing more comes until it is closed.
                }
                closed.countDown();
                return Ending.CLOSED;
            }
            return WELL.answer(head, connection);
        });
        assertThat(statuses(1, "/api/feed/ada")).containsOnly(200);
        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(seenByFeed()).isEqualTo(2);
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("backend_hedges_total\\{[^}]*backend=\"feed\",outcome=\"won\"} [1-9]");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 500})
    void aServerErrorOfTheSecondInstanceIsNotTakenWhileTheFirstMayAnswer(int status) {
        statuses(30, "/api/feed/ada");
        AtomicBoolean asked = new AtomicBoolean();
        CountDownLatch second = new CountDownLatch(1);
        feedIs((head, connection) -> {
            if (asked.compareAndSet(false, true)) {
                try {
                    second.await();
                } catch (InterruptedException e) {
                    return Ending.CLOSED;
                }
                RawHttp.write(connection, "HTTP/1.1 " + status + " \r\nX-Own: first\r\nContent-Length: 2\r\n\r\nit");
                return Ending.OPEN;
            }
            RawHttp.write(connection, "HTTP/1.1 500 Ill\r\nX-Own: second\r\nContent-Length: 3\r\n\r\nill");
            second.countDown();
            return Ending.OPEN;
        });
        Answer answer = Answer.to(gateway.at("/api/feed/ada"));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.response().headers().allValues("X-Own")).containsExactly("first");
        assertThat(answer.body()).isEqualTo("it");
    }

    @Test
    void whatIsNoReadIsSentOnceHoweverLongItTakes() {
        statuses(30, "/api/feed/ada");
        feedIs((head, connection) -> {
            try {
                Thread.sleep(600);
            } catch (InterruptedException e) {
                return Ending.CLOSED;
            }
            return WELL.answer(head, connection);
        });
        HttpRequest post = HttpRequest.newBuilder(gateway.at("/api/feed/ada"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(Answer.to(post).status()).isEqualTo(200);
        assertThat(seenByFeed()).isEqualTo(1);
    }

    private static void feedIs(Script script) {
        FEED.forEach(instance -> instance.now(script));
    }

    private static int seenByFeed() {
        return FEED.stream().mapToInt(instance -> instance.seen().size()).sum();
    }

    @Test
    void aRequestThatBreaksOffIsSentAgain() {
        assertThat(statuses(30, "/files/7")).containsOnly(200);
        breakOnce();
        assertThat(statuses(1, "/files/7")).containsOnly(200);
        assertThat(UPLOAD.seen()).hasSize(2);
    }

    @Test
    void aDeadBackendGetsATenthMoreThanItsRequestsAtMost() {
        statuses(30, "/files/7");
        UPLOAD.now(ScriptedBackend.resetting());
        assertThat(statuses(200, "/files/7")).containsOnly(502);
        assertThat(UPLOAD.seen()).hasSizeBetween(201, 220);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH"})
    void whatIsNotIdempotentIsNeverSentTwice(String method) {
        statuses(30, "/files/7");
        UPLOAD.now(ScriptedBackend.resetting());
        for (int i = 0; i < 20; i++) {
            HttpRequest request = HttpRequest.newBuilder(gateway.at("/files/7"))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(Answer.to(request).status()).isEqualTo(502);
        }
        assertThat(UPLOAD.seen()).hasSize(20);
    }

    @Test
    void whatHasABodyIsNeverSentTwice() {
        statuses(30, "/files/7");
        UPLOAD.now(ScriptedBackend.resetting());
        for (int i = 0; i < 20; i++) {
            HttpRequest request = HttpRequest.newBuilder(gateway.at("/files/7"))
                    .PUT(HttpRequest.BodyPublishers.ofString("body"))
                    .build();
            assertThat(Answer.to(request).status()).isEqualTo(502);
        }
        assertThat(UPLOAD.seen()).hasSize(20);
    }

    @Test
    void anAnswerThatHasBegunIsNotAskedForAgain() throws IOException {
        statuses(30, "/files/7");
        UPLOAD.now((head, connection) -> {
            RawHttp.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            return Ending.CLOSED;
        });
        String answer = RawHttp.get(gateway.port(), "/files/7");
        assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotEndWith("halfhalf");
        assertThat(UPLOAD.seen()).hasSize(1);
    }

    @Test
    void aBackendThatCannotAnswerNowIsAskedAgainUnlessItSaysWhen() {
        statuses(30, "/files/7");
        String unavailable = "HTTP/1.1 503 Busy\r\nX-Own: yes\r\nContent-Length: 4\r\n";
        UPLOAD.now(ScriptedBackend.always(unavailable + "\r\nbusy"));
        Answer busy = Answer.to(gateway.at("/files/7"));
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.body()).isEqualTo("busy");
        assertThat(busy.response().headers().allValues("X-Own")).containsExactly("yes");
        assertThat(UPLOAD.seen()).hasSize(3);
        statuses(30, "/files/warm");
        UPLOAD.now(ScriptedBackend.always(unavailable + "Retry-After: 9\r\n\r\nbusy"));
        assertThat(Answer.to(gateway.at("/files/7")).header("Retry-After")).contains("9");
        assertThat(UPLOAD.seen()).hasSize(1);
    }

    @Test
    void anAnswerThatStandsStillIsCutOffAndSoIsOneWithoutAnEndUnlessItIsAStreamOfEvents() throws Exception {
        PLAYBACK.forEach(instance -> instance.now(InstancesTest::dribble));
        try (Socket still = open("/play/still");
                Socket endless = open("/play/endless");
                Socket events = open("/play/events")) {
            assertThat(pieces(still)).contains("data: 1").doesNotContain("data: 2");
            assertThat(pieces(endless)).contains("data: 2").doesNotEndWith("0\r\n\r\n");
            InputStream stream = events.getInputStream();
            String last = new String(stream.readNBytes(stream.available()), StandardCharsets.US_ASCII);
            assertThat(last).startsWith("HTTP/1.1 200 ");
            assertThat(stream.read()).isNotNegative();
        }
    }

    /** The answer without the sizes of its chunks, which the gateway may cut as it likes. */
    private static String pieces(Socket socket) throws IOException {
        return RawHttp.readToEnd(socket).replaceAll("\r\n[1-9a-f][0-9a-f]*\r\n", "");
    }

    private static Socket open(String path) throws IOException {
        Socket socket = RawHttp.connect(gateway.port());
        RawHttp.write(socket, RawHttp.request("GET " + path + " HTTP/1.1", "Host: localhost"));
        return socket;
    }

    /** A piece of an answer every half second: one in all, or for ever. */
    private static Ending dribble(String head, Socket connection) throws IOException {
        if (head.startsWith("GET /health ")) {
            return WELL.answer(head, connection);
        }
        String type = head.contains("events") ? "text/event-stream" : "text/plain";
        RawHttp.write(
                connection, "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 1; i < 1_000; i++) {
            String piece = "data: " + i + "\n\n";
            RawHttp.write(connection, Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
            if (head.contains("still")) {
                connection.getInputStream().read();
                return Ending.CLOSED;
            }
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                return Ending.CLOSED;
            }
        }
        return Ending.CLOSED;
    }

    @Test
    void aServerGetsNoMoreThanItsNumberAndTheRestIsToldWhenToComeBackAndPaysNothing() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        PLAYBACK.forEach(instance -> instance.now((head, connection) -> {
            if (!head.startsWith("GET /health ")) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    return Ending.CLOSED;
                }
            }
            return WELL.answer(head, connection);
        }));
        List<CompletableFuture<Answer>> held = IntStream.range(0, 100)
                .mapToObj(i -> Answer.later(HttpRequest.newBuilder(gateway.at("/play/seg" + i + ".ts"))
                        .build()))
                .toList();
        await(() -> held.stream().filter(CompletableFuture::isDone).count() >= 70);
        Answer shed = Answer.to(HttpRequest.newBuilder(gateway.at("/play/counted/seg.ts"))
                .header("X-Forwarded-For", "10.7.7.7")
                .build());
        assertThat(shed.status()).isEqualTo(503);
        assertThat(shed.member("type")).endsWith("#temporary-reduced-capacity");
        assertThat(Integer.parseInt(shed.header("Retry-After").orElseThrow())).isBetween(1, 4);
        release.countDown();
        assertThat(held).allSatisfy(answer -> assertThat(answer.join().status()).isIn(200, 503));
        assertThat(held.stream().filter(answer -> answer.join().status() == 200))
                .hasSizeBetween(20, 30);
        Answer first = Answer.to(HttpRequest.newBuilder(gateway.at("/play/counted/seg.ts"))
                .header("X-Forwarded-For", "10.7.7.7")
                .build());
        assertThat(first.status()).isEqualTo(200);
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("backend_requests_shed_total\\{[^}]*backend=\"playback\",priority=\"segment\"} [1-9]")
                .containsPattern("ratelimit_refunds_total\\{[^}]*backend=\"playback\",reason=\"shed\"} 1.0");
    }

    private static void breakOnce() {
        AtomicBoolean broken = new AtomicBoolean();
        UPLOAD.now(
                (head, connection) -> broken.compareAndSet(false, true) ? Ending.RESET : WELL.answer(head, connection));
    }

    private static String fit(ScriptedBackend instance) {
        String metrics = Answer.to(gateway.managed("/actuator/prometheus")).body();
        Matcher line = Pattern.compile("backend_instance_fit\\{[^}]*instance=\""
                        + instance.uri().getAuthority() + "\"} (\\S+)")
                .matcher(metrics);
        assertThat(line.find()).isTrue();
        return line.group(1);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(50);
        }
    }

    private static List<Integer> statuses(int count, String path) {
        return Stream.generate(() -> Answer.to(gateway.at(path)).status())
                .limit(count)
                .toList();
    }

    private static String uris(List<ScriptedBackend> instances) {
        return instances.stream().map(instance -> instance.uri().toString()).collect(Collectors.joining(","));
    }
}
