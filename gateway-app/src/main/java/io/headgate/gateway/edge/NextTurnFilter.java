package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Begins with a request when all that queued on its connection has been handed over; {@link NettyRequest} says why. */
final class NextTurnFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        return EdgeOrder.NEXT_TURN;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return NettyRequest.nextTurn(exchange.getRequest(), Mono.defer(() -> chain.filter(exchange)));
    }
}
