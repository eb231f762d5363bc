package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is under {@code /api/feed/signed} has to be signed. */
@ExtendWith(SharedFixture.class)
@Timeout(120)
class SignedUrlsTest {

    private final Fixture fixture;

    SignedUrlsTest(Fixture fixture) {
        this.fixture = fixture;
    }

    private static Answer sign(Client client, String query) {
        return Answer.to(client.request("/signed-urls?" + query)
                .POST(BodyPublishers.noBody())
                .build());
    }

    private static String path(String path) {
        return "path=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
    }

    @Test
    void whoeverHasASignedAddressMayReadWhatIsUnderItAndTheBackendSeesNothingOfIt() {
        Answer issued = sign(fixture.client("free"), path("/api/feed/signed/film/master.m3u8"));
        assertThat(issued.status()).isEqualTo(200);
        assertThat(issued.header("Cache-Control")).contains("no-store");
        assertThat(issued.member("scope")).isEqualTo("/api/feed/signed/film/");
        assertThat(Instant.parse(issued.member("expires")))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(3)), Instant.now().plus(Duration.ofHours(4)));

        String url = issued.member("url");
        assertThat(url).startsWith("/api/feed/signed/film/~k1.").endsWith("/master.m3u8");
        Client stranger = fixture.anonymous();
        assertThat(stranger.get(url + "?sid=1").status()).isEqualTo(200);
        assertThat(stranger.get(url.replace("master.m3u8", "720p/1.ts")).status())
                .isEqualTo(200);
        fixture.feed.verify(getRequestedFor(urlEqualTo("/api/feed/signed/film/master.m3u8?sid=1")));
        fixture.feed.verify(getRequestedFor(urlEqualTo("/api/feed/signed/film/720p/1.ts")));
        fixture.feed.verify(0, getRequestedFor(urlMatching(".*~k1.*")));
    }

    @Test
    void whatIsNotSignedOrNotForThisIsRefusedAndCountsLikeAnyRequest() {
        String url = sign(fixture.client("free"), path("/api/feed/signed/film/master.m3u8"))
                .member("url");
        Client stranger = fixture.anonymous();
        Answer unsigned = stranger.get("/api/feed/signed/film/master.m3u8");
        assertThat(unsigned.status()).isEqualTo(403);
        assertThat(unsigned.header("Content-Type")).contains("application/problem+json");
        assertThat(unsigned.member("detail")).isEqualTo("The address has to be signed: POST /signed-urls does that.");
        assertThat(unsigned.header("RateLimit")).isPresent();
        Answer other = stranger.get(url.replace("/film/", "/other/"));
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.member("detail")).isEqualTo("The signature is not of this address.");
        String forged = url.substring(0, url.indexOf('~')) + "~k1.1." + "A".repeat(43) + "/master.m3u8";
        assertThat(stranger.get(forged).status()).isEqualTo(403);
        assertThat(stranger.get("/api/feed/%73igned/film/master.m3u8").status()).isEqualTo(403);
        assertThat(stranger.get("/api/feed/home").status()).isEqualTo(200);
    }

    @Test
    void onlySignedInCallersGetOneAndOnlyForWhatTheyMayReadAndWhatHasToBeSigned() {
        assertThat(sign(fixture.anonymous(), path("/api/feed/signed/film/master.m3u8"))
                        .status())
                .isEqualTo(401);
        Client client = fixture.client("free");
        assertThat(sign(client, path("/api/feed/signed/pro/master.m3u8")).status())
                .isEqualTo(403);
        assertThat(sign(fixture.client("pro"), path("/api/feed/signed/pro/master.m3u8"))
                        .status())
                .isEqualTo(200);
        assertThat(sign(client, path("/api/feed/home")).status()).isEqualTo(400);
        assertThat(sign(client, path("/api/feed/signed/../home")).status()).isEqualTo(400);
        assertThat(sign(client, "").status()).isEqualTo(400);
        assertThat(sign(client, path("/api/feed/signed/film/master.m3u8") + "&scope=/api/feed/")
                        .status())
                .isEqualTo(400);
        Answer wider = sign(client, path("/api/feed/signed/film/720p/list.m3u8") + "&scope=/api/feed/signed/film/");
        assertThat(wider.member("url")).endsWith("/720p/list.m3u8").startsWith("/api/feed/signed/film/~k1.");
    }
}
