package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.ProblemWriter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Puts {@link BodyCeilings} on requests that have a body. Uploads have no size here: their bytes are what policies limit,
 * and one request may bring all of a file.
 */
final class BodyFilter implements PublicFilter {

    private final long mostBytes;
    private final long leastPerSecond;
    private final ProblemWriter problems;

    BodyFilter(long mostBytes, long leastPerSecond, ProblemWriter problems) {
        this.mostBytes = mostBytes;
        this.leastPerSecond = leastPerSecond;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.BODY;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!NettyRequest.hasBody(request)) {
            return chain.filter(exchange);
        }
        long most = UploadPath.includes(request.getURI().getRawPath()) ? Long.MAX_VALUE : mostBytes;
        if (request.getHeaders().getContentLength() > most) {
            return problems.write(exchange, BodyCeilings.tooLarge(most));
        }
        return chain.filter(exchange.mutate()
                .request(new Bounded(request, most, leastPerSecond))
                .build());
    }

    private static final class Bounded extends ServerHttpRequestDecorator {

        private final long mostBytes;
        private final long leastPerSecond;

        Bounded(ServerHttpRequest request, long mostBytes, long leastPerSecond) {
            super(request);
            this.mostBytes = mostBytes;
            this.leastPerSecond = leastPerSecond;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return new BodyCeilings(super.getBody(), mostBytes, leastPerSecond, NettyRequest.eventLoop(getDelegate()));
        }
    }
}
