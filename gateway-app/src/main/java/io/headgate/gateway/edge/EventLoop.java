package io.headgate.gateway.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Brings a request back to the event loop of its connection. Stores answer on threads of their own, and whatever follows
 * an answer would otherwise run there: proxying on a Redis client's or a Hazelcast partition's thread.
 */
final class EventLoop {

    private EventLoop() {}

    /** The answer of {@code stage}, on the event loop of the request; without a hop if it is there already. */
    static <T> Mono<T> await(CompletionStage<T> stage, ServerHttpRequest request) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone()) {
            return Mono.fromFuture(future);
        }
        return Mono.fromFuture(future.thenApplyAsync(answer -> answer, of(request)));
    }

    private static Executor of(ServerHttpRequest request) {
        ServerHttpRequest innermost = request;
        while (innermost instanceof ServerHttpRequestDecorator decorator) {
            innermost = decorator.getDelegate();
        }
        Object connection = ((AbstractServerHttpRequest) innermost).getNativeRequest();
        return ((Connection) connection).channel().eventLoop();
    }
}
