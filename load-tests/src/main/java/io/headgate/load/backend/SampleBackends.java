package io.headgate.load.backend;

import io.headgate.load.PortTaken;
import io.headgate.load.Ports;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** The three backends that the demo and the load tests run against, each on its own port, until closed. */
public final class SampleBackends implements AutoCloseable {

    private static final Duration EVENT_INTERVAL = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** How long requests under way may take once the servers are asked to stop. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final LoopResources loops = LoopResources.create("backend", 1, LoopResources.DEFAULT_IO_WORKER_COUNT, true);
    private final List<DisposableServer> servers = new ArrayList<>();
    private final BackendOptions options;

    private SampleBackends(BackendOptions options) {
        this.options = options;
    }

    /**
     * Starts all three.
     *
     * @throws PortTaken if one of the ports is in use; none of the backends runs then
     * @throws IOException if the upload folder cannot be used
     */
    public static SampleBackends start(BackendOptions options) throws PortTaken, IOException {
        UploadBackend upload = new UploadBackend(new UploadFolder(options.uploadFolder()));
        JsonMapper json = JsonMapper.shared();
        FeedBackend feed = new FeedBackend(
                new FeedStream(
                        Clock.systemUTC(),
                        EVENT_INTERVAL,
                        HEARTBEAT,
                        (number, time) -> json.writeValueAsString(FeedItem.of("live", number, time))),
                json);
        PlaybackBackend playback = new PlaybackBackend(new HlsStream("/hls/demo/"));

        SampleBackends backends = new SampleBackends(options);
        try {
            backends.bind("upload", options.uploadPort(), upload);
            backends.bind("feed", options.feedPort(), feed);
            backends.bind("playback", options.playbackPort(), playback);
        } catch (PortTaken | IOException | RuntimeException e) {
            backends.close();
            throw e;
        }
        return backends;
    }

    private void bind(String name, int port, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler)
            throws PortTaken, IOException {
        Ports.requireFree(
                options.host(), port, "the " + name + " backend", "choose another with --" + name + ".port=<port>");
        servers.add(HttpServer.create()
                .host(options.host())
                .port(port)
                .runOn(loops)
                .idleTimeout(Duration.ofMinutes(2))
                .handle(handler)
                .bindNow());
    }

    /** Port of the upload backend. */
    public int uploadPort() {
        return servers.get(0).port();
    }

    /** Port of the feed backend. */
    public int feedPort() {
        return servers.get(1).port();
    }

    /** Port of the playback backend. */
    public int playbackPort() {
        return servers.get(2).port();
    }

    @Override
    public void close() {
        for (DisposableServer server : servers) {
            server.disposeNow(GRACE);
        }
        loops.disposeLater(Duration.ZERO, GRACE).block(GRACE.multipliedBy(2));
    }

    /** Runs the backends until the process is told to stop. */
    public static void main(String... args) throws InterruptedException {
        SampleBackends backends;
        try {
            backends = start(BackendOptions.parse(List.of(args)));
        } catch (IllegalArgumentException | PortTaken | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            backends.close();
            stopped.countDown();
        }));
        String host = "http://" + backends.options.host() + ":";
        System.out.println(
                "upload    " + host + backends.uploadPort() + "/files    (in " + backends.options.uploadFolder() + ")");
        System.out.println("feed      " + host + backends.feedPort() + "/api/feed/ada");
        System.out.println("playback  " + host + backends.playbackPort() + "/play/demo/master.m3u8");
        stopped.await();
    }
}
