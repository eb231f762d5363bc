package io.headgate.gateway.backend;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.WhileWritable;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientRequest;

/**
 * A request on its way to a backend. It knows how far its body is, reads that no faster than the backend takes it, and blames
 * the client if it breaks off.
 */
final class ForwardedRequest extends ServerHttpRequestDecorator {

    /** A body of this size is sent as soon as it is begun. */
    private static final int SMALL = 64 * 1024;

    private final boolean small;
    private volatile boolean touched;
    private volatile Runnable sent = () -> {};
    private volatile @Nullable Channel backend;

    ForwardedRequest(ServerHttpRequest request) {
        super(request);
        long length = request.getHeaders().getContentLength();
        this.small = !NettyRequest.hasBody(request) || (length >= 0 && length <= SMALL);
    }

    /** Whether somebody has begun to read the body, which can be done once only. */
    boolean touched() {
        return touched;
    }

    void whenSent(Runnable action) {
        if (small) {
            action.run();
        } else {
            sent = action;
        }
    }

    /** Goes with the call, in order to learn over which connection it is made. */
    Mono<Void> accompany(Mono<Void> call) {
        return small ? call : call.contextWrite(context -> context.put(ForwardedRequest.class, this));
    }

    /** For the client that makes the calls: this one's body goes over that connection. */
    static void tellConnection(HttpClientRequest call, Connection connection) {
        ForwardedRequest request = call.currentContextView().getOrDefault(ForwardedRequest.class, null);
        if (request != null) {
            request.backend = connection.channel();
        }
    }

    @Override
    public Flux<DataBuffer> getBody() {
        Flux<DataBuffer> body = small ? super.getBody() : WhileWritable.of(super.getBody(), () -> backend);
        return body.doOnSubscribe(reading -> touched = true)
                .doOnComplete(() -> sent.run())
                .onErrorMap(ClientGone::new);
    }
}
