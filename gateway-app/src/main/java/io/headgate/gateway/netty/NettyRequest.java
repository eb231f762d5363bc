package io.headgate.gateway.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.HttpConversionUtil;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** The request as the server has it, below what the framework makes of it. */
public final class NettyRequest {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    private NettyRequest() {}

    /** Whether the request came in by the public port. */
    public static boolean isPublic(ServerHttpRequest request) {
        return PublicConnections.includes(channel(request));
    }

    /** The request target as it came over the wire. */
    public static String target(ServerHttpRequest request) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        return received.uri();
    }

    /**
     * Whether the request has a body. HTTP/2 says nothing about its bodies; the server puts it into the words of HTTP/1.
     */
    public static boolean hasBody(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Every value of a header, one for each line it came in. */
    public static List<String> header(ServerHttpRequest request, CharSequence name) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        return received.requestHeaders().getAll(name);
    }

    /** Whether the scheme that a request of HTTP/2 states is one of HTTP; HTTP/1 states none. */
    public static boolean hasScheme(ServerHttpRequest request) {
        return !(channel(request) instanceof Http2StreamChannel)
                || SCHEMES.containsAll(header(request, HttpConversionUtil.ExtensionHeaderNames.SCHEME.text()));
    }

    /** Whether the body of the request has turned out not to be one before anybody read it. If so, the caller answers. */
    public static boolean isBroken(ServerHttpRequest request) {
        return BrokenBody.claim(channel(request));
    }

    /**
     * Does {@code work} in a later turn of the request's event loop.
     *
     * <p>Reactor Netty (1.3.7) hands over a request that had to queue behind its predecessor on the same connection
     * before it hands over the end of that request. If the response is complete within that call, as a refusal may be, it
     * takes the end for one more request in the queue, does not resume reading, and the connection stands still for
     * good. One turn later the whole queue has been handed over.
     */
    public static <T> Mono<T> nextTurn(ServerHttpRequest request, Mono<T> work) {
        return Mono.defer(() -> isGone(request)
                ? Mono.empty()
                : Mono.create(sink -> eventLoop(request).execute(sink::success))
                        .then(Mono.defer(() -> isGone(request) ? Mono.empty() : work)));
    }

    /** Whether whoever asked has gone, or has had its stream of HTTP/2 reset: there is nobody to answer any more. */
    public static boolean isGone(ServerHttpRequest request) {
        return !channel(request).isActive();
    }

    /**
     * Does {@code work} on the request's event loop, at once if that is where we are. Whoever answers from memory has to:
     * Reactor Netty (1.3.7) may lose the connection's next request if such an answer is completed by another thread.
     */
    public static <T> Mono<T> onEventLoop(ServerHttpRequest request, Mono<T> work) {
        return Mono.defer(() -> !isGone(request) && eventLoop(request).inEventLoop() ? work : nextTurn(request, work));
    }

    /**
     * The answer of {@code stage}, on the event loop of the request's connection; without a hop if it is there already.
     * Stores and verifiers answer on threads of their own, and whatever follows an answer would otherwise run there:
     * proxying on a Hazelcast partition's thread.
     */
    public static <T> Mono<T> await(CompletionStage<T> stage, ServerHttpRequest request) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() || isGone(request)) {
            return Mono.fromFuture(future);
        }
        // Not thenApplyAsync, which passes failures on without a hop.
        return Mono.fromFuture(future.whenCompleteAsync((answer, error) -> {}, eventLoop(request)));
    }

    /** The event loop of the request's connection, where its body comes in. */
    public static EventLoop eventLoop(ServerHttpRequest request) {
        return channel(request).eventLoop();
    }

    /** The connection of the request, or its stream in HTTP/2; after the end of a stream one that is not active. */
    public static Channel channel(ServerHttpRequest request) {
        Connection connection = ServerHttpRequestDecorator.getNativeRequest(request);
        return connection.channel();
    }
}
