package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Begins with a request when all that queued on its connection has been handed over; {@link NettyRequest} says why. If
 * part of that was a body that is none, or the client has gone meanwhile, the request goes no further. The management port needs it as much as the public one.
 */
final class NextTurnFilter implements WebFilter, Ordered {

    private final ProblemWriter problems;

    NextTurnFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.NEXT_TURN;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Mono<Void> work = Mono.defer(() -> NettyRequest.isBroken(exchange.getRequest())
                ? problems.write(exchange, Problem.of(HttpStatus.BAD_REQUEST, "The framing of the body is broken."))
                : chain.filter(exchange));
        return NettyRequest.nextTurn(exchange.getRequest(), work);
    }
}
