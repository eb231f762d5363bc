package io.headgate.load.backend;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A complete response that is small enough to hold in memory.
 *
 * @param status HTTP status code
 * @param headers in the order in which they are sent
 * @param body may be empty
 */
record Answer(int status, List<Header> headers, ByteBuffer body) {

    record Header(CharSequence name, String value) {}

    static Answer of(int status) {
        return new Answer(status, List.of(), ByteBuffer.allocate(0));
    }

    /** A plain sentence, for people who call the backend by hand. */
    static Answer of(int status, String sentence) {
        return of(status).with("text/plain; charset=utf-8", StandardCharsets.UTF_8.encode(sentence + "\n"));
    }

    Answer with(CharSequence header, Object value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(header, value.toString()));
        return new Answer(status, List.copyOf(more), body);
    }

    Answer with(String contentType, ByteBuffer content) {
        return new Answer(status, headers, content).with(HttpHeaderNames.CONTENT_TYPE, contentType);
    }

    Mono<Void> sendTo(HttpServerRequest request, HttpServerResponse response) {
        response.status(status);
        for (Header header : headers) {
            response.header(header.name(), header.value());
        }
        // Neither status may carry a Content-Length of zero: 204 must have none, and a 304's would describe the 200.
        if (status == 204 || status == 304) {
            return response.send();
        }
        response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.remaining()));
        return request.method().equals(HttpMethod.HEAD) || !body.hasRemaining()
                ? response.send()
                : response.sendObject(Unpooled.wrappedBuffer(body)).then();
    }
}
