package io.headgate.gateway.edge;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Begins with a request in the event loop's next turn.
 *
 * <p>Reactor Netty (1.3.7) hands over a request that had to queue behind its predecessor on the same connection before
 * it hands over the end of that request. If the response is complete within that call, as a refusal may be, it takes the
 * end for one more request in the queue, does not resume reading, and the connection stands still for good. One turn
 * later the whole queue has been handed over.
 */
final class NextTurnFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        return EdgeOrder.NEXT_TURN;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.create(sink -> NettyRequest.eventLoop(exchange.getRequest()).execute(sink::success))
                .then(Mono.defer(() -> chain.filter(exchange)));
    }
}
