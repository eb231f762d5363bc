package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedFixture.class)
class TargetTest {

    private static final String[] HOSTILE = {
        "/api/feed/../files",
        "/api/feed/%2e%2e/files",
        "/api/feed/%2fhidden",
        "/api/feed/%5chidden",
        "/api/feed/%252e%252e/hidden",
        "/api/feed//hidden",
        "//api/feed/hidden",
        "/api/feed/hidden;x=1",
        "/api/feed/hidden%00",
        "/api/feed/hidden\\x",
        "/api/feed/hidden\u00ff",
        "/api/feed/hidden%ff",
        "/api/feed/hidden#x",
        "http://elsewhere.example/api/feed/hidden",
        "api/feed/hidden",
        "*",
    };

    private final Fixture fixture;

    TargetTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void anAmbiguousTargetIs400AndReachesNoBackend() throws IOException {
        for (String target : HOSTILE) {
            fixture.feed.resetRequests();
            assertThat(RawHttp.get(fixture.gateway.port(), target)).as(target).startsWith("HTTP/1.1 400 ");
            assertThat(fixture.feed.findAll(getRequestedFor(anyUrl())))
                    .as(target)
                    .isEmpty();
        }
    }

    @Test
    void whatIsMatchedIsWhatIsForwarded() throws IOException {
        assertThat(RawHttp.get(fixture.gateway.port(), "/api/%66eed/caf%c3%a9?q=%2e%2e/a+b"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(fixture.feed.findAll(getRequestedFor(urlEqualTo("/api/feed/caf%C3%A9?q=%2e%2e/a+b"))))
                .hasSize(1);
    }

    @Test
    void anAbsoluteTargetOfThisHostIsItsPath() throws IOException {
        assertThat(RawHttp.get(fixture.gateway.port(), "http://localhost/api/feed/absolute"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void ambiguousFramingIs400AndReachesNoBackend() throws IOException {
        fixture.feed.resetRequests();
        assertThat(RawHttp.send(
                        fixture.gateway.port(),
                        "POST /api/feed/hidden HTTP/1.1",
                        "Host: localhost",
                        "Content-Length: 5",
                        "Transfer-Encoding: chunked",
                        "",
                        "0"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(fixture.feed.findAll(getRequestedFor(anyUrl()))).isEmpty();
    }
}
