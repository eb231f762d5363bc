package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Begins with a request when all that queued on its connection has been handed over; {@link NettyRequest} says why. If
 * part of that was a body that is none, the request goes no further.
 */
final class NextTurnFilter implements PublicFilter {

    private final ProblemWriter problems;

    NextTurnFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.NEXT_TURN;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        return NettyRequest.nextTurn(
                exchange.getRequest(),
                Mono.defer(() -> NettyRequest.isBroken(exchange.getRequest())
                        ? problems.write(
                                exchange, Problem.of(HttpStatus.BAD_REQUEST, "The framing of the body is broken."))
                        : chain.filter(exchange)));
    }
}
