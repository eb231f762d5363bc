package io.headgate.load.bench;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import reactor.netty.http.server.HttpServer;

/** The smallest useful backend: one short JSON document, whatever is asked. */
final class HelloBackend {

    private static final byte[] BODY =
            "{\"feed\":\"hello\",\"items\":[],\"next\":null}".getBytes(StandardCharsets.US_ASCII);

    private HelloBackend() {}

    /** Listens on the port that is the only argument, until the process is stopped. */
    public static void main(String... args) {
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle((request, response) -> response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(BODY.length))
                        .sendObject(Unpooled.wrappedBuffer(BODY)))
                .bindNow()
                .onDispose()
                .block();
    }
}
