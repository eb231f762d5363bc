package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A caller may have one request at a time under way, with a lease of an hour: slots come back by being given back. */
@ExtendWith(SharedFixture.class)
@Timeout(120)
class SlotsTest {

    private final Fixture fixture;

    SlotsTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void aSecondRequestIsRefusedWhileTheFirstIsUnderWay() throws Exception {
        Client client = fixture.client("free");
        try (Socket socket = startUpload(client)) {
            Answer second = client.get("/api/feed/slot");
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.header("RateLimit-Policy")).contains("\"one-at-a-time\";q=1;qu=\"concurrent-requests\"");
            assertThat(second.member("detail")).startsWith("The free plan allows 1 at a time. Wait ");
            assertThat(fixture.client("free").get("/api/feed/slot").status()).isEqualTo(200);

            RawHttp.write(socket, "0\r\n\r\n");
            assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine())
                    .isEqualTo("HTTP/1.1 204 No Content");
        }
        awaitFreeSlot(client);
    }

    @Test
    void aClientThatGoesAwayGivesItsSlotBack() throws Exception {
        Client client = fixture.client("free");
        startUpload(client).close();
        awaitFreeSlot(client);
    }

    @Test
    void aBackendThatFailsGivesTheSlotBack() throws Exception {
        StubMapping failure = fixture.feed.stubFor(
                get("/api/feed/slot").atPriority(1).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        Client client = fixture.client("free");
        assertThat(client.get("/api/feed/slot").status()).isEqualTo(502);
        fixture.feed.removeStub(failure);
        awaitFreeSlot(client);
    }

    @Test
    void aSessionHoldsItsSlotFromOneRequestToTheNext() {
        Client client = fixture.client("free");
        assertThat(client.get("/api/feed/playback?sid=one").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/playback?sid=one").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/playback?sid=two").status()).isEqualTo(429);
        assertThat(client.get("/api/feed/playback?sid=one").status()).isEqualTo(200);
        assertThat(fixture.client("free").get("/api/feed/playback?sid=two").status())
                .isEqualTo(200);
    }

    @Test
    void aPlaylistThatTheBackendHoldsBackCostsNothingAndKeepsItsSession() {
        StubMapping held = fixture.feed.stubFor(get(urlPathEqualTo("/api/feed/live/one.m3u8"))
                .withQueryParam("_HLS_msn", equalTo("7"))
                .atPriority(1)
                .willReturn(ok("#EXTM3U").withFixedDelay(150)));
        Client client = fixture.client("free");
        for (int i = 0; i < 4; i++) {
            assertThat(client.get("/api/feed/live/one.m3u8?sid=one&_HLS_msn=7").status())
                    .isEqualTo(200);
        }
        assertThat(client.get("/api/feed/live/one.m3u8?sid=two").status()).isEqualTo(429);
        fixture.feed.removeStub(held);
        assertThat(client.get("/api/feed/live/one.m3u8?sid=one").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/live/one.m3u8?sid=one").status()).isEqualTo(200);
        assertThat(client.get("/api/feed/live/one.m3u8?sid=one").status()).isEqualTo(429);
    }

    @Test
    void partsAndConditionsOfASegmentPassUntouched() {
        fixture.feed.stubFor(get("/api/feed/live/1.ts")
                .withHeader("Range", equalTo("bytes=2-5"))
                .withHeader("If-Range", equalTo("\"v1\""))
                .atPriority(1)
                .willReturn(aResponse()
                        .withStatus(206)
                        .withHeader("Content-Range", "bytes 2-5/9")
                        .withHeader("ETag", "\"v1\"")
                        .withBody("part")));
        fixture.feed.stubFor(get("/api/feed/live/1.ts")
                .withHeader("If-None-Match", equalTo("\"v1\""))
                .atPriority(1)
                .willReturn(aResponse().withStatus(304).withHeader("ETag", "\"v1\"")));
        Client client = fixture.client("free");
        Answer part =
                client.with("Range", "bytes=2-5").with("If-Range", "\"v1\"").get("/api/feed/live/1.ts");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("part");
        assertThat(part.header("Content-Range")).contains("bytes 2-5/9");
        assertThat(part.header("ETag")).contains("\"v1\"");
        Answer known = client.with("If-None-Match", "\"v1\"").get("/api/feed/live/1.ts");
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.header("ETag")).contains("\"v1\"");
    }

    private Socket startUpload(Client client) throws IOException, InterruptedException {
        StringBuilder request = new StringBuilder("PATCH /files/slots/7 HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < client.headers().size(); i += 2) {
            request.append(client.headers().get(i))
                    .append(": ")
                    .append(client.headers().get(i + 1))
                    .append("\r\n");
        }
        Socket socket = RawHttp.connect(fixture.gateway.port());
        RawHttp.write(socket, request + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        assertThat(fixture.upload.received()).isEqualTo("first");
        return socket;
    }

    private static void awaitFreeSlot(Client client) throws InterruptedException {
        Instant end = Instant.now().plus(Duration.ofSeconds(60));
        while (!client.get("/limits").member("limits").matches(".*name=one-at-a-time,[^}]* remaining=1.*")) {
            assertThat(Instant.now()).as("the slot came back").isBefore(end);
            Thread.sleep(20);
        }
    }
}
