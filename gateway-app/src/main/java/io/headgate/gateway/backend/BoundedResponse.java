package io.headgate.gateway.backend;

import io.headgate.gateway.netty.BodyPieces;
import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.WhileWritable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A response whose body is read from the backend no faster than the client takes it. */
final class BoundedResponse extends ServerHttpResponseDecorator {

    private final ServerHttpRequest request;

    BoundedResponse(ServerHttpRequest request, ServerHttpResponse response) {
        super(response);
        this.request = request;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return super.writeWith(isSmall() || body instanceof Mono ? body : bounded(Flux.from(body)));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(bounded(Flux.from(body)));
    }

    private boolean isSmall() {
        long length = getHeaders().getContentLength();
        return length >= 0 && length <= BodyPieces.WAITING;
    }

    private <T> Flux<T> bounded(Flux<? extends T> parts) {
        return WhileWritable.of(parts, () -> NettyRequest.channel(request));
    }
}
