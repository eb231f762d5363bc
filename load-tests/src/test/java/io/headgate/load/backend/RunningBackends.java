package io.headgate.load.backend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** The sample backends on ports of the system's choosing, and a client of one of them. */
final class RunningBackends implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final SampleBackends backends;

    RunningBackends(Path uploadFolder) throws Exception {
        backends = SampleBackends.start(new BackendOptions("127.0.0.1", 0, 0, 0, uploadFolder));
    }

    URI upload(String path) {
        return uri(backends.uploadPort(), path);
    }

    URI feed(String path) {
        return uri(backends.feedPort(), path);
    }

    URI playback(String path) {
        return uri(backends.playbackPort(), path);
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Sends a request without a body; the headers are names and values in turn. */
    HttpResponse<byte[]> send(String method, URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        backends.close();
    }
}
