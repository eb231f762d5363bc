package io.headgate.gateway.media;

import io.headgate.gateway.netty.WhileWritable;
import io.headgate.policy.match.Protocol;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * One WebSocket from client to backend: frames pass as they are, each way as fast as the other side reads. The first end to
 * come ends both sides, each with a code that says why.
 */
final class SocketBridge {

    /** Larger frames end their connection with 1009; a message may have any number of frames. */
    static final int LARGEST_FRAME = 1 << 20;

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final Duration SILENCE = HEARTBEAT.multipliedBy(3);

    /** For the other side's closing words. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final WebSocketCloseStatus LEAVING = WebSocketCloseStatus.ENDPOINT_UNAVAILABLE;
    private static final WebSocketCloseStatus TOO_MANY =
            new WebSocketCloseStatus(WebSocketCloseStatus.POLICY_VIOLATION.code(), "Too many messages");

    /** How the connection ends for each side. */
    private record End(WebSocketCloseStatus client, WebSocketCloseStatus backend) {}

    private final Connection backend;
    private final Optional<MessageRate> rate;
    private final Mono<Void> leaving;
    private final Sinks.One<End> end = Sinks.one();
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean begun;

    /** @param leaving completes when this node ends its connections */
    SocketBridge(Connection backend, Protocol.WebSocket terms, Mono<Void> leaving) {
        this.backend = backend;
        this.rate = terms.messages().map(bucket -> new MessageRate(bucket, System::nanoTime));
        this.leaving = leaving;
    }

    /** Completes when the connection has ended on both sides. */
    Mono<Void> run(WebsocketInbound fromClient, WebsocketOutbound toClient) {
        begun = true;
        Mono<Void> goodbye = end.asMono()
                .flatMap(how -> Mono.whenDelayError(
                                say(toClient, how.client()), say((WebsocketOutbound) backend, how.backend()))
                        .timeout(GOODBYE, Mono.empty())
                        .onErrorComplete())
                .cache();
        // Before anybody is listened to: with a side that has gone already, listening is the end of the connection.
        var unused = goodbye.subscribe();
        // Whoever stops listening to a side closes it without a word: so both are listened to until they are closed.
        Disposable ourselves = listen(fromClient, toClient);
        return goodbye.doFinally(over -> {
            ourselves.dispose();
            backend.dispose();
        });
    }

    /** Leaves the backend, if the client never got as far as the connection; else that comes to its own end. */
    void abandon() {
        if (!begun) {
            backend.dispose();
        }
    }

    /** Listens to both sides; what is returned is about ourselves, who would go on for ever. */
    private Disposable listen(WebsocketInbound fromClient, WebsocketOutbound toClient) {
        WebsocketInbound fromBackend = (WebsocketInbound) backend;
        Mono<End> byClient = ((WebsocketOutbound) backend)
                .sendObject(
                        asTaken(counted(fromClient).doOnCancel(() -> lost(fromBackend, this::byBackend)), fromBackend),
                        frame -> true)
                .then()
                .onErrorComplete()
                .then(said(fromClient))
                .map(this::byClient);
        Mono<End> byBackend = toClient.sendObject(
                        asTaken(frames(fromBackend).doOnCancel(() -> lost(fromClient, this::byClient)), fromClient),
                        frame -> true)
                .then()
                .onErrorComplete()
                .then(said(fromBackend))
                .map(this::byBackend);
        Mono<End> byUs = Mono.firstWithSignal(leaving, silence(fromClient)).thenReturn(new End(LEAVING, LEAVING));
        var unused = byClient.subscribe(end::tryEmitValue);
        var unusedEither = byBackend.subscribe(end::tryEmitValue);
        return byUs.subscribe(end::tryEmitValue);
    }

    private End byClient(WebSocketCloseStatus status) {
        return new End(status, sayable(status, LEAVING));
    }

    private End byBackend(WebSocketCloseStatus status) {
        return new End(sayable(status, WebSocketCloseStatus.BAD_GATEWAY), status);
    }

    /**
     * Nothing can be said to a side any more, so the other is about to be listened to no longer, which would close it
     * without a word: it is told before that.
     */
    private void lost(WebsocketInbound side, Function<WebSocketCloseStatus, End> how) {
        var unused = Mono.firstWithValue(side.receiveCloseStatus(), Mono.just(WebSocketCloseStatus.ABNORMAL_CLOSURE))
                .map(how)
                .subscribe(end::tryEmitValue);
    }

    /** The frames, as fast as the side that they go to reads. */
    private static Flux<WebSocketFrame> asTaken(Flux<WebSocketFrame> frames, WebsocketInbound side) {
        return WhileWritable.of(frames, channel(side)::get);
    }

    private static AtomicReference<Channel> channel(WebsocketInbound side) {
        AtomicReference<Channel> channel = new AtomicReference<>();
        side.withConnection(connection -> channel.set(connection.channel()));
        return channel;
    }

    private static Flux<WebSocketFrame> frames(WebsocketInbound side) {
        return side.receiveFrames()
                .filter(frame -> !(frame instanceof CloseWebSocketFrame))
                .map(WebSocketFrame::retain);
    }

    private Flux<WebSocketFrame> counted(WebsocketInbound client) {
        return client.receiveFrames().handle((frame, sink) -> {
            heardNanos = System.nanoTime();
            boolean answersUs = frame instanceof PongWebSocketFrame;
            if (rate.isPresent() && !answersUs && !rate.get().allows()) {
                end.tryEmitValue(new End(TOO_MANY, LEAVING));
            } else if (!(frame instanceof CloseWebSocketFrame)) {
                sink.next(frame.retain());
            }
        });
    }

    /** Asks a client that says nothing whether it is there; ends the connection with one that does not answer. */
    private Mono<Void> silence(WebsocketInbound client) {
        AtomicReference<Channel> channel = channel(client);
        return Flux.interval(HEARTBEAT)
                .doOnNext(beat -> {
                    var unused = Objects.requireNonNull(channel.get()).writeAndFlush(new PingWebSocketFrame());
                })
                .filter(beat -> System.nanoTime() - heardNanos > SILENCE.toNanos())
                .next()
                .then();
    }

    /** What a side has closed with; abnormal if it has gone without a word. */
    private static Mono<WebSocketCloseStatus> said(WebsocketInbound side) {
        return side.receiveCloseStatus()
                .timeout(GOODBYE, Mono.just(WebSocketCloseStatus.ABNORMAL_CLOSURE))
                .onErrorReturn(WebSocketCloseStatus.ABNORMAL_CLOSURE)
                .defaultIfEmpty(WebSocketCloseStatus.ABNORMAL_CLOSURE);
    }

    /** What can be said of an end that was not: two codes stand for silence and are never sent (RFC 6455, 7.4.1). */
    private static WebSocketCloseStatus sayable(WebSocketCloseStatus status, WebSocketCloseStatus ofSilence) {
        return status.code() == WebSocketCloseStatus.ABNORMAL_CLOSURE.code() ? ofSilence : status;
    }

    private static Mono<Void> say(WebsocketOutbound side, WebSocketCloseStatus status) {
        if (status.code() == WebSocketCloseStatus.ABNORMAL_CLOSURE.code()) {
            return Mono.empty();
        }
        return status.code() == WebSocketCloseStatus.EMPTY.code()
                ? side.sendClose()
                : side.sendClose(status.code(), status.reasonText());
    }
}
