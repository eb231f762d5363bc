package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedFixture.class)
class CorsTest {

    private static final String ORIGIN = "https://app.example.com";

    private final Fixture fixture;

    CorsTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void aPageMayReadARefusalAndItsHeaders() throws IOException {
        assertThat(get("/api/feed/export", ORIGIN))
                .startsWith("HTTP/1.1 429 ")
                .contains("Access-Control-Allow-Origin: " + ORIGIN)
                .contains("Access-Control-Expose-Headers: ");
    }

    @Test
    void aPreflightIsAnsweredWithoutACredentialAndCostsNothing() throws IOException {
        String answer = RawHttp.send(
                fixture.gateway.port(),
                "OPTIONS /api/feed/ada HTTP/1.1",
                "Host: localhost",
                "Connection: close",
                "Origin: " + ORIGIN,
                "Access-Control-Request-Method: GET",
                "Access-Control-Request-Headers: x-api-key");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("Access-Control-Allow-Headers: x-api-key")
                .doesNotContain("RateLimit");
    }

    @Test
    void aBackendThatSpeaksCorsDoesNotSayItTwice() throws IOException {
        fixture.feed.stubFor(
                WireMock.get("/api/feed/cors").willReturn(ok().withHeader("Access-Control-Allow-Origin", "*")));
        assertThat(get("/api/feed/cors", ORIGIN))
                .contains("Access-Control-Allow-Origin: " + ORIGIN)
                .doesNotContain("Access-Control-Allow-Origin: *");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.example.com",
                "https://app.example.com.evil.example",
                "null",
                "https://preview.example.com.evil",
                "https://xpreview.example.com"
            })
    void anotherOriginIsRefused(String origin) throws IOException {
        assertThat(get("/api/feed/ada", origin))
                .startsWith("HTTP/1.1 403 ")
                .contains("application/problem+json")
                .doesNotContain("Access-Control-Allow-Origin");
    }

    @Test
    void aStarStandsForAnyLabels() throws IOException {
        String origin = "https://pull-7.feed.preview.example.com";
        assertThat(get("/api/feed/ada", origin)).contains("Access-Control-Allow-Origin: " + origin);
    }

    private String get(String path, String origin) throws IOException {
        return RawHttp.send(
                fixture.gateway.port(),
                "GET " + path + " HTTP/1.1",
                "Host: localhost",
                "Connection: close",
                "Origin: " + origin);
    }
}
