package io.headgate.load.bench.fairness;

import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/** Answers every request, once it has read all of it, with a page of feed. */
final class SwallowingBackend {

    private static final String PAGE = "{\"feed\":\"ada\",\"items\":[" + "\"item\",".repeat(150) + "\"last\"]}";

    private SwallowingBackend() {}

    /** Listens on the port that is the only argument, until the process is stopped. */
    public static void main(String... args) {
        byte[] page = PAGE.getBytes(StandardCharsets.US_ASCII);
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle((request, response) -> request.receive()
                        .then()
                        .thenMany(response.header("Content-Type", "application/json")
                                .sendByteArray(Mono.just(page))))
                .bindNow()
                .onDispose()
                .block();
    }
}
