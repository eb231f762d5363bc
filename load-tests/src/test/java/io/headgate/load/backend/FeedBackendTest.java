package io.headgate.load.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class FeedBackendTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static RunningBackends backends;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        backends = new RunningBackends(folder);
    }

    @AfterAll
    static void stop() {
        backends.close();
    }

    @Test
    void followingTheCursorShowsEveryEntryOnceNewestFirst() throws Exception {
        Set<String> ids = new LinkedHashSet<>();
        String cursor = "";
        do {
            FeedPages.Page page = page("/api/feed/ada" + cursor);
            assertThat(page.feed()).isEqualTo("ada");
            page.items().forEach(item -> assertThat(ids.add(item.id())).isTrue());
            cursor = page.next() == null ? null : "?cursor=" + page.next();
        } while (cursor != null);

        assertThat(ids)
                .containsExactlyElementsOf(LongStream.iterate(FeedPages.LENGTH, n -> n > 0, n -> n - 1)
                        .mapToObj(n -> "ada-" + n)
                        .toList());
    }

    @Test
    void aPageThatTheClientHasIsNotSentAgain() throws Exception {
        HttpResponse<byte[]> first = get("/api/feed/ada");
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> second = get("/api/feed/ada", "If-None-Match", "\"other\", W/" + tag);
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
        assertThat(second.headers().firstValue("ETag")).contains(tag);
        assertThat(get("/api/feed/ada?cursor=20", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aSearchFindsOnlyWhatContainsTheWord() throws Exception {
        FeedPages.Page found = page("/api/feed/search?q=Lighthouses");
        assertThat(found.items())
                .isNotEmpty()
                .allSatisfy(item -> assertThat(item.text()).contains("lighthouses"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, GET,  /api/feed/ada?cursor=0",
        "400, GET,  /api/feed/ada?cursor=201",
        "400, GET,  /api/feed/ada?cursor=x",
        "400, GET,  /api/feed/ada?delay=60001",
        "400, GET,  /api/feed/search",
        "404, GET,  /api/feed/",
        "404, GET,  /elsewhere",
        "405, POST, /api/feed/ada",
        "405, POST, /api/feed/stream",
        "200, HEAD, /api/feed/ada",
        "200, HEAD, /api/feed/stream",
    })
    void otherRequestsAreAnsweredForWhatTheyAre(int status, String method, String path) throws Exception {
        assertThat(backends.send(method, backends.feed(path)).statusCode()).isEqualTo(status);
    }

    @Test
    void anAnswerCanBeMadeLate() throws Exception {
        long before = System.nanoTime();
        assertThat(get("/api/feed/ada?delay=300").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void theStreamSendsNumberedEventsFromNowOn() throws Exception {
        List<String> lines = stream(8);
        assertThat(lines.subList(0, 3)).containsExactly("retry: 2000", ": connected", "");
        assertThat(lines.get(3)).matches("id: [0-9]+");
        assertThat(lines.get(4)).isEqualTo("event: item");
        assertThat(lines.get(5)).startsWith("data: {");
        assertThat(lines.get(6)).isEmpty();
        assertThat(lines.get(7)).isEqualTo("id: " + (id(lines.get(3)) + 1));
    }

    @Test
    void aClientThatComesBackGetsWhatItMissedAtOnce() throws Exception {
        long seen = Clock.systemUTC().instant().getEpochSecond() - 100;
        long before = System.nanoTime();
        List<Long> ids = stream(3 + 100 * 4, "Last-Event-ID", Long.toString(seen)).stream()
                .filter(line -> line.startsWith("id: "))
                .map(FeedBackendTest::id)
                .toList();

        assertThat(ids)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(seen + 1, seen + 100).boxed().toList());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void aClientThatWasAwayForLongGetsTheEventsThatAreKept() {
        long now = 1_800_000_000;
        FeedStream stream = new FeedStream(
                () -> Instant.ofEpochSecond(now), Duration.ofSeconds(1), Duration.ofHours(1), (n, time) -> "x");
        List<String> events =
                stream.connect("1").take(1 + FeedStream.KEPT).collectList().block();
        assertThat(events).last().asString().startsWith("id: " + now + "\n");
    }

    @Test
    void aQuietStreamBeats() {
        FeedStream stream =
                new FeedStream(Clock.systemUTC(), Duration.ofHours(1), Duration.ofMillis(5), (n, time) -> "x");
        assertThat(stream.connect(null).take(3).collectList().block())
                .containsExactly("retry: 2000\n: connected\n\n", ": heartbeat\n\n", ": heartbeat\n\n");
    }

    private static long id(String line) {
        return Long.parseLong(line.substring("id: ".length()));
    }

    /** The first lines of the event stream. */
    private static List<String> stream(int count, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(backends.feed("/api/feed/stream"));
        HttpResponse<Stream<String>> response = backends.client()
                .send(
                        (headers.length == 0 ? request : request.headers(headers)).build(),
                        HttpResponse.BodyHandlers.ofLines());
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        try (Stream<String> body = response.body()) {
            List<String> lines = new ArrayList<>();
            Iterator<String> iterator = body.iterator();
            while (lines.size() < count) {
                lines.add(iterator.next());
            }
            return lines;
        }
    }

    private static FeedPages.Page page(String path) throws Exception {
        HttpResponse<byte[]> response = get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readValue(response.body(), FeedPages.Page.class);
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return backends.send("GET", backends.feed(path), headers);
    }
}
