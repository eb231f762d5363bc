package io.headgate.gateway.media;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** A request whose body is counted as it passes. */
final class CountedBody extends ServerHttpRequestDecorator {

    private final AtomicLong passed = new AtomicLong();

    CountedBody(ServerHttpRequest request) {
        super(request);
    }

    /** Bytes that have passed so far. */
    long passed() {
        return passed.get();
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody().doOnNext(piece -> passed.addAndGet(piece.readableByteCount()));
    }
}
