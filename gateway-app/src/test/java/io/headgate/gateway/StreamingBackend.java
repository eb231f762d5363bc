package io.headgate.gateway;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** An upload backend that shows what arrives when, and answers while it is still receiving. */
final class StreamingBackend implements AutoCloseable {

    private final DisposableServer server;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();

    private StreamingBackend() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.post(
                                "/files",
                                (request, response) -> response.status(201)
                                        .header("Location", uri() + "/files/7?part=1")
                                        .send())
                        .route(
                                request -> request.method().equals(HttpMethod.PATCH),
                                (request, response) -> request.receive()
                                        .asString()
                                        .doOnNext(received::add)
                                        .then(response.status(204).send()))
                        .get(
                                "/files/events",
                                (request, response) -> response.sse()
                                        .sendString(events.asFlux().map(event -> "data: " + event + "\n\n"))))
                .bindNow();
    }

    static StreamingBackend start() {
        return new StreamingBackend();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** The next piece of an upload, as soon as it is there. */
    String received() throws InterruptedException {
        String piece = received.poll(60, TimeUnit.SECONDS);
        if (piece == null) {
            throw new AssertionError("nothing arrived at the backend");
        }
        return piece;
    }

    /** Sends an event down the stream of events. */
    void send(String event) {
        events.emitNext(event, Sinks.EmitFailureHandler.FAIL_FAST);
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
