package io.headgate.gateway.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Answers to what never became a request: problems like all others, though nothing above this package has seen it. */
final class RefusalAnswer {

    private static final Map<HttpResponseStatus, String> DETAILS = Map.of(
            HttpResponseStatus.BAD_REQUEST, "This is not a request of HTTP/1.1 beyond doubt.",
            HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.",
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header section is too large.",
            HttpResponseStatus.REQUEST_TIMEOUT, "The head of the request did not come in time.");

    private RefusalAnswer() {}

    /** Whether the server's own answer to what it could not decode can be put into words. */
    static boolean explains(FullHttpResponse response) {
        return !response.content().isReadable() && DETAILS.containsKey(response.status());
    }

    /** The answer of this status, the last on its connection. */
    static FullHttpResponse of(HttpResponseStatus status, ByteBufAllocator allocator) {
        ByteBuf body = ByteBufUtil.writeUtf8(allocator, body(status));
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return answer;
    }

    /** The answer to a head that does not come, as bytes: it goes out below the codec, which awaits no answer. */
    static ByteBuf slowHead(ByteBufAllocator allocator) {
        String body = body(HttpResponseStatus.REQUEST_TIMEOUT);
        return ByteBufUtil.writeAscii(
                allocator,
                "HTTP/1.1 408 Request Timeout\r\ncontent-type: application/problem+json\r\ncontent-length: "
                        + body.length() + "\r\ncache-control: no-store\r\nconnection: close\r\n\r\n" + body);
    }

    /**
     * Answers a request whose target or host is no URI, if that is why a handler has ended without an answer: the framework
     * sets the status and says nothing.
     */
    static Publisher<Void> ofUnreadable(HttpServerResponse response) {
        if (response.hasSentHeaders() || !response.status().equals(HttpResponseStatus.BAD_REQUEST)) {
            return Mono.empty();
        }
        String body =
                body(HttpResponseStatus.BAD_REQUEST, "The target or the host of the request is no part of a URI.");
        return response.header(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length()))
                .header(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .sendString(Mono.just(body));
    }

    private static String body(HttpResponseStatus status) {
        return body(status, String.valueOf(DETAILS.get(status)));
    }

    private static String body(HttpResponseStatus status, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"" + status.reasonPhrase() + "\",\"status\":" + status.code()
                + ",\"detail\":\"" + detail + "\"}";
    }
}
