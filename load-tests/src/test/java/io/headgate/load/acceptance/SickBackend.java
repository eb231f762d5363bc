package io.headgate.load.acceptance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A backend that has any trouble it is told to have, and counts what reaches it. */
final class SickBackend implements AutoCloseable {

    /** How it is. */
    enum Mode {
        WELL,
        /** It says that its answers are good for so long. */
        WELL_FOR_AN_HOUR,
        /** It takes requests and does not answer. */
        STALLS,
        /** It resets the connection instead of answering. */
        RESETS,
        /** It answers 500. */
        ANSWERS_500,
        /** It begins an answer and does not come to its end. */
        CRAWLS,
        /** It is well one moment and answers 500 the next. */
        FLAPS
    }

    /** What a request may ask for with the end of its path, whatever the others get. */
    private static final Map<String, Mode> WISHES =
            Stream.of(Mode.values()).collect(Collectors.toMap(Mode::name, mode -> mode));

    private static final long FLAP_NANOS = Duration.ofMillis(200).toNanos();

    private final AtomicLong requests = new AtomicLong();
    private final DisposableServer server;
    private volatile Mode mode = Mode.WELL;

    SickBackend() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(this::answer)
                .bindNow();
    }

    int port() {
        return server.port();
    }

    void now(Mode next) {
        mode = next;
    }

    /** Requests that have reached it so far. */
    long requests() {
        return requests.get();
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        requests.incrementAndGet();
        String path = request.fullPath();
        Mode wished = WISHES.getOrDefault(path.substring(path.lastIndexOf('/') + 1), mode);
        return switch (wished) {
            case WELL -> well(response);
            case WELL_FOR_AN_HOUR -> well(response.header("Cache-Control", "private, max-age=3600"));
            case STALLS -> Mono.never();
            case RESETS -> reset(request);
            case ANSWERS_500 -> ill(response);
            case CRAWLS ->
                response.header("Content-Length", "100")
                        .send(
                                Flux.<ByteBuf>just(Unpooled.copiedBuffer("slow", StandardCharsets.UTF_8))
                                        .concatWith(Flux.never()),
                                part -> true);
            case FLAPS -> System.nanoTime() / FLAP_NANOS % 2 == 0 ? well(response) : ill(response);
        };
    }

    private static Publisher<Void> well(HttpServerResponse response) {
        return response.header("Content-Type", "text/plain").sendString(Mono.just("ok"));
    }

    private static Publisher<Void> ill(HttpServerResponse response) {
        return response.status(500).sendString(Mono.just("ill"));
    }

    private static Mono<Void> reset(HttpServerRequest request) {
        return Mono.fromRunnable(() -> request.withConnection(connection -> {
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            var unused = connection.channel().close();
        }));
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
    }
}
