package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedFixture.class)
@Timeout(120)
class StreamingTest {

    private final Fixture fixture;

    StreamingTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void anUploadReachesTheBackendWhileItIsStillBeingSent() throws Exception {
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            RawHttp.write(socket, "PATCH /files/7 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            RawHttp.write(socket, "5\r\nfirst\r\n");
            assertThat(fixture.upload.received()).isEqualTo("first");
            RawHttp.write(socket, "6\r\nsecond\r\n");
            assertThat(fixture.upload.received()).isEqualTo("second");
            RawHttp.write(socket, "0\r\n\r\n");
            assertThat(lines(socket).readLine()).isEqualTo("HTTP/1.1 204 No Content");
        }
    }

    @Test
    void anEventReachesTheClientWhileTheStreamGoesOn() throws Exception {
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            RawHttp.write(socket, "GET /files/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            BufferedReader lines = lines(socket);
            fixture.upload.send("one");
            assertThat(event(lines)).isEqualTo("data: one");
            fixture.upload.send("two");
            assertThat(event(lines)).isEqualTo("data: two");
        }
    }

    @Test
    void aLocationThatNamesTheBackendNamesTheGatewayInstead() {
        Client client = fixture.client("free");
        Answer created = Answer.to(client.request("/files")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).contains("/files/7?part=1");
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    static String event(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return line;
    }
}
