package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedFixture.class)
class PipeliningTest {

    private static final String REFUSED = RawHttp.request("GET /api/feed/export HTTP/1.1", "Host: localhost");
    private static final String PREFLIGHT = RawHttp.request(
            "OPTIONS /api/feed/ada HTTP/1.1",
            "Host: localhost",
            "Origin: https://app.example.com",
            "Access-Control-Request-Method: GET");

    private final Fixture fixture;

    PipeliningTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void aConnectionGoesOnAfterAnswersOfOurOwnToRequestsThatQueuedOnIt() throws IOException {
        Client client = fixture.client("free");
        String proxied = RawHttp.request(
                "GET /api/feed/ada HTTP/1.1",
                "Host: localhost",
                client.headers().get(2) + ": " + client.headers().get(3));
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (int i = 0; i < 5; i++) {
                RawHttp.write(socket, proxied + REFUSED);
                assertThat(status(lines)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(status(lines)).isEqualTo("HTTP/1.1 429 Too Many Requests");
                RawHttp.write(socket, proxied + PREFLIGHT);
                assertThat(status(lines)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(status(lines)).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1\r\nConnection: X-Hop, close", "HTTP/1.1\r\nConnection: CLOSE", "HTTP/1.0"})
    void theLastRequestEndsItsConnectionAndNotTheAnswersBeforeItsOwn(String last) throws IOException {
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            RawHttp.write(
                    socket,
                    PREFLIGHT
                            + PREFLIGHT
                            + PREFLIGHT.replace("HTTP/1.1", last)
                            // Served no more.
                            + "POST /api/feed/ada HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nlate");
            String answers = RawHttp.readToEnd(socket);
            assertThat(answers.split(" 200 OK", -1)).hasSize(4);
            assertThat(answers.substring(0, answers.lastIndexOf(" 200 OK")))
                    .doesNotContainIgnoringCase("connection: close");
        }
    }

    private static String status(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.contains("HTTP/1.1 ")) {
            line = lines.readLine();
        }
        return line.substring(line.indexOf("HTTP/1.1 "));
    }
}
