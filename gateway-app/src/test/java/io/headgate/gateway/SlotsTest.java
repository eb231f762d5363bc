package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
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
