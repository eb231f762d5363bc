package io.headgate.gateway.life;

import io.headgate.gateway.netty.PublicFilter;
import org.reactivestreams.Publisher;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Has answers close their connections, and event streams end, once this node leaves. */
final class DrainFilter implements PublicFilter {

    /** Before the filters that answer by themselves; their answers close connections too. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

    private final Drain drain;

    DrainFilter(Drain drain) {
        this.drain = drain;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(
                exchange.mutate().response(new Leaving(exchange.getResponse())).build());
    }

    /** An answer that looks at the drain when it is written, not when its request came. */
    private final class Leaving extends ServerHttpResponseDecorator {

        Leaving(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            closeConnection();
            return super.writeWith(body);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            closeConnection();
            if (!MediaType.TEXT_EVENT_STREAM.isCompatibleWith(getHeaders().getContentType())) {
                return super.writeAndFlushWith(body);
            }
            Flux<DataBuffer> events = Flux.from(body).concatMap(part -> part);
            return super.writeAndFlushWith(new EventStream(bufferFactory())
                    .endingWith(drain.noticeOver(), events)
                    .map(Flux::just));
        }

        @Override
        public Mono<Void> setComplete() {
            closeConnection();
            return super.setComplete();
        }

        private void closeConnection() {
            if (drain.begun() && !isCommitted()) {
                getHeaders().set(HttpHeaders.CONNECTION, "close");
            }
        }
    }
}
