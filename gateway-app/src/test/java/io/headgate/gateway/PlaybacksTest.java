package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Playback sessions for which there is no slot, by what their route says of them. */
@ExtendWith(SharedFixture.class)
@Timeout(120)
class PlaybacksTest {

    private static final String MASTER = """
            #EXTM3U
            #EXT-X-STREAM-INF:BANDWIDTH=5000000
            1080p.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=2500000
            720p.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=800000
            360p.m3u8
            """;

    private static final String DENIED =
            "ratelimit_decisions_total\\{[^}]*limit=\"reducible\"[^}]*outcome=\"denied\"[^}]*} (\\S+)";
    private static final String REDUCED = "(?m)^playbacks_reduced_total\\S* (\\S+)";
    private static final String MEDIA = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n";

    private final Fixture fixture;

    PlaybacksTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void serve() {
        for (String folder : List.of("/api/feed/reducible/", "/api/feed/replaceable/")) {
            fixture.feed.stubFor(get(urlPathEqualTo(folder + "master.m3u8"))
                    .willReturn(playlist(MASTER).withHeader("ETag", "\"whole\"")));
            fixture.feed.stubFor(get(urlPathEqualTo(folder + "360p.m3u8"))
                    .willReturn(playlist(MEDIA).withHeader("ETag", "\"media\"")));
        }
    }

    private static ResponseDefinitionBuilder playlist(String text) {
        return aResponse()
                .withHeader("Content-Type", "application/vnd.apple.mpegurl; charset=utf-8")
                .withBody(text);
    }

    @Test
    void aSessionBeyondTheLimitGetsTheLowestRenditionsAndOneMoreIsRefused() {
        Client client = fixture.client("free");
        Answer first = client.get("/api/feed/reducible/master.m3u8?sid=one");
        assertThat(first.body()).isEqualTo(MASTER);
        assertThat(first.header("ETag")).contains("\"whole\"");

        Answer second = client.with("If-None-Match", "\"whole\"").get("/api/feed/reducible/master.m3u8?sid=two");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).contains("360p.m3u8", "720p.m3u8").doesNotContain("1080p.m3u8", "5000000");
        assertThat(second.header("Content-Length"))
                .contains(Integer.toString(second.body().length()));
        assertThat(second.header("ETag")).isEmpty();
        assertThat(second.header("Cache-Control")).contains("no-store");
        assertThat(second.header("RateLimit")).isEmpty();

        Answer third = client.get("/api/feed/reducible/master.m3u8?sid=three");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.member("detail")).startsWith("The free plan allows 1 at a time.");
        assertThat(client.get("/api/feed/reducible/master.m3u8?sid=one").body()).isEqualTo(MASTER);
    }

    @Test
    void mediaPlaylistsAndSegmentsOfAReducedSessionPassAsTheyAre() {
        Client client = fixture.client("free");
        client.get("/api/feed/reducible/master.m3u8?sid=one");
        assertThat(client.get("/api/feed/reducible/master.m3u8?sid=two").body()).doesNotContain("1080p.m3u8");
        Answer media = client.get("/api/feed/reducible/360p.m3u8?sid=two");
        assertThat(media.body()).isEqualTo(MEDIA);
        assertThat(media.header("ETag")).contains("\"media\"");
        assertThat(client.get("/api/feed/reducible/1.ts?sid=two").body()).isEqualTo("from the feed");
        assertThat(client.get("/api/feed/reducible/1.ts?sid=three").status()).isEqualTo(429);
    }

    @Test
    void aPlaylistTooLargeToBeAMasterPlaylistPassesAsItIs() {
        String large = MASTER + "# padding\n".repeat(40_000);
        fixture.feed.stubFor(get(urlPathEqualTo("/api/feed/reducible/large.m3u8"))
                .willReturn(playlist(large).withHeader("Transfer-Encoding", "chunked")));
        Client client = fixture.client("free");
        client.get("/api/feed/reducible/master.m3u8?sid=one");
        assertThat(client.get("/api/feed/reducible/large.m3u8?sid=two").body()).isEqualTo(large);
    }

    @Test
    void aReducedRequestIsNoRefusalToTheMeters() {
        Client client = fixture.client("free");
        client.get("/api/feed/reducible/master.m3u8?sid=one");
        double denied = meter(DENIED);
        double reduced = meter(REDUCED);
        client.get("/api/feed/reducible/master.m3u8?sid=two");
        assertThat(meter(REDUCED)).isEqualTo(reduced + 1);
        assertThat(meter(DENIED)).isEqualTo(denied);
        client.get("/api/feed/reducible/master.m3u8?sid=three");
        assertThat(meter(DENIED)).isEqualTo(denied + 1);
    }

    @Test
    void aSessionBeyondTheLimitEndsTheOldest() {
        Client client = fixture.client("free");
        assertThat(client.get("/api/feed/replaceable/master.m3u8?sid=one").status())
                .isEqualTo(200);
        assertThat(client.get("/api/feed/replaceable/master.m3u8?sid=two").status())
                .isEqualTo(200);
        assertThat(client.get("/api/feed/replaceable/1.ts?sid=one").status()).isEqualTo(200);

        Answer third = client.get("/api/feed/replaceable/master.m3u8?sid=three");
        assertThat(third.status()).isEqualTo(200);
        assertThat(third.body()).isEqualTo(MASTER);

        Answer ended = client.get("/api/feed/replaceable/1.ts?sid=one");
        assertThat(ended.status()).isEqualTo(403);
        assertThat(ended.header("Content-Type")).contains("application/problem+json");
        assertThat(ended.member("type")).endsWith("#quota-exceeded");
        assertThat(ended.member("detail"))
                .isEqualTo("The free plan allows 2 at a time. This playback has ended, since another one began.");
        assertThat(ended.header("Retry-After")).isEmpty();
        assertThat(client.get("/api/feed/replaceable/master.m3u8?sid=one").status())
                .isEqualTo(403);

        assertThat(client.get("/api/feed/replaceable/1.ts?sid=two").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/replaceable/1.ts?sid=three").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/replaceable/1.ts?sid=four").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/replaceable/1.ts?sid=two").status()).isEqualTo(403);
        assertThat(fixture.client("free")
                        .get("/api/feed/replaceable/1.ts?sid=one")
                        .status())
                .isEqualTo(200);
    }

    private double meter(String line) {
        return Pattern.compile(line)
                .matcher(Answer.to(fixture.gateway.managed("/actuator/prometheus"))
                        .body())
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }
}
