package io.headgate.gateway;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A backend of uploads that counts their bytes and forgets what they were. */
final class TusBackend implements AutoCloseable {

    private final DisposableServer server;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();

    private static final class Upload {
        private volatile String length = "";
        private final AtomicLong offset = new AtomicLong();
    }

    private TusBackend() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(this::answer)
                .bindNow();
    }

    static TusBackend start() {
        return new TusBackend();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Forgets an upload, as a backend does after its time. */
    void lose(String path) {
        uploads.remove(path);
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        response.header("Tus-Resumable", "1.0.0");
        if (request.method().equals(HttpMethod.POST)) {
            return create(request, response);
        }
        // An upload that nobody created is one of unknown length.
        Upload upload = request.method().equals(HttpMethod.PATCH)
                ? uploads.computeIfAbsent(request.fullPath(), path -> new Upload())
                : uploads.get(request.fullPath());
        if (upload == null) {
            return response.status(404).send();
        } else if (request.method().equals(HttpMethod.PATCH)) {
            String declared = request.requestHeaders().get("Upload-Length");
            upload.length = declared == null ? upload.length : declared;
            return request.receive()
                    .doOnNext(piece -> upload.offset.addAndGet(piece.readableBytes()))
                    .then(Mono.defer(() -> response.status(204)
                            .header("Upload-Offset", upload.offset.toString())
                            .send()
                            .then()));
        } else if (request.method().equals(HttpMethod.DELETE)) {
            uploads.remove(request.fullPath());
            return response.status(204).send();
        }
        response.header("Upload-Offset", upload.offset.toString());
        response.header(
                upload.length.isEmpty() ? "Upload-Defer-Length" : "Upload-Length",
                upload.length.isEmpty() ? "1" : upload.length);
        return response.status(200).send();
    }

    private Publisher<Void> create(HttpServerRequest request, HttpServerResponse response) {
        if (request.requestHeaders().contains("Refuse")) {
            return response.status(400).send();
        }
        Upload upload = new Upload();
        String length = request.requestHeaders().get("Upload-Length");
        upload.length = length == null ? "" : length;
        String path = request.fullPath() + "/" + next.incrementAndGet();
        uploads.put(path, upload);
        return response.status(201).header("Location", uri() + path).send();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
