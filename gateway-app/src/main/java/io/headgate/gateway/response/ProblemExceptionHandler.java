package io.headgate.gateway.response;

import io.headgate.gateway.netty.NettyRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Turns what nobody else answered into a problem: a path without a route, a method that is not there, a bug. Says nothing
 * of what is inside.
 */
final class ProblemExceptionHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(ProblemExceptionHandler.class);

    /** Before the framework's own handler, which comes at -1. */
    private static final int ORDER = -2;

    private final ProblemWriter problems;

    ProblemExceptionHandler(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(error);
        }
        if (NettyRequest.isGone(exchange.getRequest())) {
            // Work that was cut off fails in all sorts of ways, and nobody can be told.
            return Mono.empty();
        }
        HttpStatus status = error instanceof ResponseStatusException known
                ? HttpStatus.resolve(known.getStatusCode().value())
                : null;
        if (status == null || status == HttpStatus.INTERNAL_SERVER_ERROR) {
            log.error(
                    "{} {} failed",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getURI().getRawPath(),
                    error);
            return problems.write(
                    exchange,
                    Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "The gateway could not handle the request."));
        }
        return problems.write(exchange, Problem.of(status, detail(status)));
    }

    private static String detail(HttpStatus status) {
        return status == HttpStatus.NOT_FOUND ? "There is nothing at this path." : status.getReasonPhrase() + ".";
    }
}
