package io.headgate.gateway.edge;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** The request as the server has it, below what the framework makes of it. */
final class NettyRequest {

    private NettyRequest() {}

    /** The request target as it came over the wire. */
    static String target(ServerHttpRequest request) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        return received.uri();
    }

    /** The event loop of the request's connection. */
    static EventLoop eventLoop(ServerHttpRequest request) {
        Connection connection = ServerHttpRequestDecorator.getNativeRequest(request);
        return connection.channel().eventLoop();
    }

    /**
     * The answer of {@code stage}, on the event loop of the request's connection; without a hop if it is there already.
     * Stores and verifiers answer on threads of their own, and whatever follows an answer would otherwise run there:
     * proxying on a Hazelcast partition's thread.
     */
    static <T> Mono<T> await(CompletionStage<T> stage, ServerHttpRequest request) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone()) {
            return Mono.fromFuture(future);
        }
        // Not thenApplyAsync, which passes failures on without a hop.
        return Mono.fromFuture(future.whenCompleteAsync((answer, error) -> {}, eventLoop(request)));
    }
}
