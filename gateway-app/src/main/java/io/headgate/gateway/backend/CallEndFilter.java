package io.headgate.gateway.backend;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Stands outside the filter that writes the response, and so it sees when a call is over with its last byte. */
final class CallEndFilter implements GatewayFilter, Ordered {

    private final BackendMeters meters;

    CallEndFilter(BackendMeters meters) {
        this.meters = meters;
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        // Whatever goes wrong before the answer has begun is answered further in, and is no error any more.
        return chain.filter(exchange).doOnError(broken -> meters.answerBroken()).doFinally(end -> Call.end(exchange));
    }
}
