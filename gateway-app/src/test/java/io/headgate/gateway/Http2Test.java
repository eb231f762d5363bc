package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 by prior knowledge: what is asked properly is served, and what is not reaches no backend as a request. */
@Timeout(120)
class Http2Test {

    @TempDir
    static Path folder;

    private static RecordedGateway recorded;
    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        recorded = RecordedGateway.start(folder, "--headgate.edge.max-streams=50", "--headgate.edge.hosts=localhost");
        backend = recorded.backend();
        gateway = recorded.gateway();
    }

    @AfterAll
    static void stop() throws IOException {
        recorded.close();
    }

    @Test
    void asManyRequestsAsAllowedShareAConnection() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            Http2SettingsFrame settings = peer.next(Http2SettingsFrame.class, frame -> true);
            assertThat(settings.settings().maxConcurrentStreams()).isEqualTo(50);
            List<Http2FrameStream> streams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(ask(peer, head("GET", "/api/feed/many?" + i), true));
            }
            List<Http2FrameStream> answered = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Http2HeadersFrame answer = peer.next(Http2HeadersFrame.class, frame -> true);
                assertThat(answer.headers().status()).hasToString("200");
                answered.add(answer.stream());
            }
            assertThat(answered).containsExactlyInAnyOrderElementsOf(streams);
            assertThat(backend.arrivalsWith("/api/feed/many")).hasSize(50);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/api/feed//refused,400",
        "TRACE,/api/feed/refused,405",
        "GET,/api/feed/%2e%2e/refused,400",
        "GET,/refused,404"
    })
    void aTargetOrMethodThatIsRefusedIsRefusedInHttp2Too(String method, String path, String status) throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            ask(peer, head(method, path), true);
            assertThat(status(peer)).isEqualTo(status);
            assertThat(backend.arrivalsWith("refused")).isEmpty();
        }
    }

    @Test
    void anotherHostIsNotServed() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            ask(peer, head("GET", "/api/feed/elsewhere").authority("evil.example"), true);
            assertThat(status(peer)).isEqualTo("421");
            assertThat(backend.arrivalsWith("elsewhere")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "transfer-encoding,chunked",
        "connection,close",
        "Upper-Case,x",
        "content-length,five",
        "x-split,'a\r\nX-Headgate-User: root'",
        "x-nul,'a\0b'"
    })
    void aFieldThatHttp2ForbidsEndsTheRequest(String name, String value) throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            ask(peer, head("POST", "/api/feed/forbidden").add(name, value), true);
            isRefused(peer);
            isStillServing();
            assertThat(backend.arrivalsWith("forbidden")).isEmpty();
        }
    }

    @Test
    void bytesThatAreNotDeclaredAreNotLetIn() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            ask(peer, head("POST", "/api/feed/sized"), false);
            assertThat(status(peer)).isEqualTo("411");
            assertThat(backend.arrivalsWith("sized")).isEmpty();
        }
    }

    @Test
    void anUploadThatIsResetNeverLooksWhole() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            Http2FrameStream stream = ask(peer, head("PATCH", "/files/7").add("content-length", "10"), false);
            peer.send(data(stream, "first", false));
            RecordingBackend.Arrival arrival = backend.arrivalWith("/files/7");
            peer.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
            assertThat(arrival.isWhole()).isFalse();
        }
        isStillServing();
    }

    @ParameterizedTest
    @CsvSource({"3,true", "20,true"})
    void aBodyOfAnotherLengthThanItSaysNeverLooksWhole(int length, boolean end) throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            Http2FrameStream stream =
                    ask(peer, head("PATCH", "/files/8").add("content-length", Integer.toString(length)), false);
            peer.send(data(stream, "first", end));
            isRefused(peer);
            for (RecordingBackend.Arrival arrival : backend.arrivalsWith("/files/8")) {
                assertThat(arrival.isWhole()).as(arrival.text()).isFalse();
            }
        }
        isStillServing();
    }

    @Test
    void whoOpensAndResetsStreamsWithoutEndIsHungUpOn() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            List<Http2FrameStream> streams =
                    Stream.generate(peer::newStream).limit(1_000).toList();
            for (Http2FrameStream stream : streams) {
                peer.send(new DefaultHttp2HeadersFrame(head("GET", "/api/feed/two"), true).stream(stream));
                peer.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
            }
            assertThat(peer.isHungUpOn()).isTrue();
        }
        isStillServing();
    }

    private static Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .path(path)
                .scheme("http")
                .authority("localhost");
    }

    private static Http2FrameStream ask(Http2Peer peer, Http2Headers head, boolean end) {
        Http2FrameStream stream = peer.newStream();
        peer.send(new DefaultHttp2HeadersFrame(head, end).stream(stream));
        return stream;
    }

    private static DefaultHttp2DataFrame data(Http2FrameStream stream, String text, boolean end) {
        return new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), end).stream(stream);
    }

    private static String status(Http2Peer peer) throws InterruptedException {
        return peer.next(Http2HeadersFrame.class, frame -> true)
                .headers()
                .status()
                .toString();
    }

    /** Reset, or answered with a 400: either way it is over. */
    private static void isRefused(Http2Peer peer) throws InterruptedException {
        peer.next(
                Http2StreamFrame.class,
                frame -> frame instanceof Http2ResetFrame
                        || (frame instanceof Http2HeadersFrame headers
                                && "400".contentEquals(headers.headers().status())));
    }

    private static void isStillServing() throws Exception {
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            ask(peer, head("GET", "/api/feed/control"), true);
            assertThat(status(peer)).isEqualTo("200");
        }
    }
}
