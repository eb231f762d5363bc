package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers that are given once more. */
class StaleTest {

    private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();
    private static final Set<String> ILL = ConcurrentHashMap.newKeySet();
    private static final Map<String, Sinks.Empty<Void>> HELD = new ConcurrentHashMap<>();
    private static final DisposableServer BACKEND = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(StaleTest::answer)
            .bindNow();

    @TempDir
    static Path folder;

    private static RunningGateway gateway;
    private static int next = 1;

    /** Says which call of its path this is and who asks, with the header fields that the request wishes for. */
    private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String path = request.fullPath();
        int call = CALLS.computeIfAbsent(path, first -> new AtomicInteger()).incrementAndGet();
        if (ILL.contains(path)) {
            return response.status(500).header("X-Of-The-Failure", "yes").sendString(Mono.just("ill"));
        }
        for (String name : List.of("Cache-Control", "Vary", "ETag", "Set-Cookie")) {
            String wish = request.requestHeaders().get("Wish-" + name);
            if (wish != null) {
                response.header(name, wish);
            }
        }
        String text = "call " + call + " for " + request.requestHeaders().get("X-Forwarded-For") + " "
                + request.requestHeaders().get("X-Language");
        String size = request.requestHeaders().get("Wish-Size");
        String body = size == null ? text : "x".repeat(Integer.parseInt(size));
        if (!request.requestHeaders().contains("Wish-Chunked")) {
            response.header("Content-Length", Integer.toString(body.length()));
        }
        Sinks.Empty<Void> held = HELD.get(path);
        return response.sendString((held == null ? Mono.<Void>empty() : held.asMono()).thenMany(Flux.just(body)));
    }

    @BeforeAll
    static void start() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/stale.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=http://127.0.0.1:" + BACKEND.port(),
                "--headgate.backends.playback.uri=http://127.0.0.1:" + BACKEND.port(),
                "--headgate.backends.upload.uri=http://127.0.0.1:1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.disposeNow();
    }

    private static Client client() {
        return new Client(gateway, "", List.of("X-Forwarded-For", "10.3.0." + next++));
    }

    private static int left(Client client, String limit) {
        String limits = client.get("/limits").body();
        return Integer.parseInt(limits.replaceAll(".*\"name\":\"" + limit + "\"[^}]*\"remaining\":(\\d+).*", "$1"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void anAnswerThatIsStillGoodIsGivenAgainAndCostsNothing() throws Exception {
        Client client =
                client().with("Wish-Cache-Control", "private, max-age=3600").with("Wish-ETag", "\"v1\"");
        Answer made = client.get("/api/feed/good");
        assertThat(made.header("Cache-Status")).isEmpty();
        for (int i = 0; i < 6; i++) {
            Answer again = client.get("/api/feed/good");
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.body()).isEqualTo(made.body()).startsWith("call 1 ");
            assertThat(again.header("Age")).get().asString().matches("\\d+");
            assertThat(again.header("Cache-Status")).get().asString().matches("headgate; hit; ttl=3\\d\\d\\d");
            assertThat(again.header("ETag")).contains("\"v1\"");
            await(() -> left(client, "few") == 2);
        }
        Answer known = client.with("If-None-Match", "W/\"v1\"").get("/api/feed/good");
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
    }

    @Test
    void whatOneCallerIsToldAnotherIsNotUnlessItIsForEverybody() {
        Client ada = client().with("Wish-Cache-Control", "max-age=3600");
        Client bob = client().with("Wish-Cache-Control", "max-age=3600");
        assertThat(ada.get("/api/feed/own").body()).startsWith("call 1 ");
        assertThat(bob.get("/api/feed/own").body()).startsWith("call 2 ");
        assertThat(ada.get("/api/feed/own").body()).startsWith("call 1 ");
        assertThat(ada.with("Cookie", "of=somebody").get("/api/feed/own").body())
                .startsWith("call 3 ");

        Client cem = client().with("Wish-Cache-Control", "public, max-age=3600");
        assertThat(cem.get("/play/live.m3u8").body()).startsWith("call 1 ");
        assertThat(bob.get("/play/live.m3u8").body()).startsWith("call 1 ");
    }

    @Test
    void anOldAnswerIsGivenWhileANewOneIsMade() throws Exception {
        Client client = client().with("Wish-Cache-Control", "private, max-age=0");
        assertThat(client.get("/api/feed/old").body()).startsWith("call 1 ");
        Answer old = client.get("/api/feed/old");
        assertThat(old.body()).startsWith("call 1 ");
        assertThat(old.header("Cache-Status")).get().asString().startsWith("headgate; hit; ttl=");
        await(() -> !client.get("/api/feed/old").body().startsWith("call 1 "));
        await(() -> left(client, "few") == 2);
    }

    @Test
    void anOldAnswerIsBetterThanAFailureAndAFailureBetterThanNothing() throws Exception {
        Client client = client().with("Wish-Cache-Control", "public, max-age=0");
        assertThat(client.get("/play/ill.m3u8").body()).startsWith("call 1 ");
        ILL.add("/play/ill.m3u8");
        Answer instead = client.get("/play/ill.m3u8");
        assertThat(instead.status()).isEqualTo(200);
        assertThat(instead.body()).startsWith("call 1 ");
        assertThat(instead.header("Cache-Status"))
                .get()
                .asString()
                .startsWith("headgate; hit; detail=backend-failed; ttl=");
        assertThat(instead.header("X-Of-The-Failure")).isEmpty();
        await(() -> left(client, "many") == 99);
        assertThat(client.get("/play/ill.m3u8?other").status()).isEqualTo(500);
        assertThat(client.with("Cache-Control", "no-cache")
                        .get("/play/ill.m3u8")
                        .status())
                .isEqualTo(500);
        ILL.remove("/play/ill.m3u8");
        assertThat(client.get("/play/ill.m3u8").body()).doesNotStartWith("call 1 ");
    }

    @Test
    void anAnswerInAnotherLanguageIsAnotherAnswer() {
        Client client =
                client().with("Wish-Cache-Control", "public, max-age=3600").with("Wish-Vary", "X-Language");
        assertThat(client.with("X-Language", "de").get("/play/spoken.m3u8").body())
                .endsWith(" de");
        assertThat(client.with("X-Language", "fr").get("/play/spoken.m3u8").body())
                .endsWith(" fr");
        assertThat(client.with("X-Language", "fr").get("/play/spoken.m3u8").body())
                .startsWith("call 2 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cache-Control: no-store",
                "Cache-Control: private, no-cache",
                "Cache-Control: max-age=60, must-revalidate",
                "Vary: *",
                "Set-Cookie: a=b",
                "Size: 300000"
            })
    void someAnswersAreNotKept(String wish) {
        String[] parts = wish.split(": ", 2);
        Client client = client().with("Wish-" + parts[0], parts[1]);
        String path = "/play/" + Integer.toUnsignedString(wish.hashCode()) + ".m3u8";
        assertThat(client.get(path).status()).isEqualTo(200);
        ILL.add(path);
        assertThat(client.get(path).status()).isEqualTo(500);
    }

    @Test
    void anAnswerOfUnknownLengthIsKeptToo() throws Exception {
        Client client =
                client().with("Wish-Cache-Control", "private, max-age=3600").with("Wish-Chunked", "yes");
        assertThat(client.get("/play/chunked.m3u8").body()).startsWith("call 1 ");
        await(() -> client.get("/play/chunked.m3u8").header("Cache-Status").isPresent());
    }

    @Test
    void whoAsksTheSameAtTheSameTimeSharesOneCall() throws Exception {
        Client client = client().with("Wish-Cache-Control", "private, max-age=3600");
        Sinks.Empty<Void> held = Sinks.empty();
        HELD.put("/api/feed/crowd/1", held);
        List<CompletableFuture<Answer>> crowd = IntStream.range(0, 20)
                .mapToObj(i -> Answer.later(client.request("/api/feed/crowd/1").build()))
                .toList();
        await(() -> CALLS.containsKey("/api/feed/crowd/1"));
        held.tryEmitEmpty();
        List<Answer> answers = crowd.stream().map(CompletableFuture::join).toList();
        assertThat(answers)
                .allMatch(answer -> answer.status() == 200 && answer.body().startsWith("call 1 "));
        Stream<Optional<String>> statuses = answers.stream().map(answer -> answer.header("Cache-Status"));
        assertThat(statuses.filter(Optional::isEmpty)).hasSize(1);
        assertThat(CALLS.get("/api/feed/crowd/1")).hasValue(1);
        await(() -> left(client, "many") == 99);
    }

    @Test
    void whoWaitsForAnAnswerForEverybodyIsNotGivenAnothersOwn() throws Exception {
        String path = "/play/turned.m3u8";
        client().with("Wish-Cache-Control", "public, max-age=0").get(path);
        Sinks.Empty<Void> held = Sinks.empty();
        HELD.put(path, held);
        Client ada = client().with("Wish-Cache-Control", "private, max-age=3600");
        Client bob = client();
        CompletableFuture<Answer> adas = Answer.later(ada.request(path).build());
        await(() -> CALLS.getOrDefault(path, new AtomicInteger()).get() == 2);
        CompletableFuture<Answer> bobs = Answer.later(bob.request(path).build());
        await(() -> left(bob, "many") == 99);
        held.tryEmitEmpty();
        assertThat(adas.join().body()).startsWith("call 2 ");
        assertThat(bobs.join().body()).startsWith("call 3 ");
    }

    @Test
    void whoWaitsForAnAnswerThatCannotBeSharedGetsOneOfItsOwn() throws Exception {
        Client client = client().with("Wish-Cache-Control", "no-store");
        Sinks.Empty<Void> held = Sinks.empty();
        HELD.put("/api/feed/crowd/2", held);
        List<CompletableFuture<Answer>> crowd = IntStream.range(0, 5)
                .mapToObj(i -> Answer.later(client.request("/api/feed/crowd/2").build()))
                .toList();
        await(() -> CALLS.containsKey("/api/feed/crowd/2"));
        held.tryEmitEmpty();
        assertThat(crowd.stream().map(CompletableFuture::join).map(Answer::body))
                .doesNotHaveDuplicates();
        assertThat(CALLS.get("/api/feed/crowd/2")).hasValue(5);
    }
}
