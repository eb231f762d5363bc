package io.headgate.gateway.edge;

import io.headgate.gateway.identity.Operators;
import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * On the management port, whoever wants to change something has to be an operator; whoever asks need not be anybody. What
 * operators change is logged with their name.
 */
final class OperatorFilter implements WebFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(OperatorFilter.class);

    /** Methods that change nothing (RFC 9110 §9.2.1). TRACE is none of them here: it would show credentials. */
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final Problem NOBODY = Problem.of(
            HttpStatus.FORBIDDEN,
            "Nobody may change anything here: headgate.auth.operator-keys names no file of keys.");
    private static final Problem SOMEBODY_ELSE = Problem.of(
                    HttpStatus.UNAUTHORIZED, "Changing something here takes an operator's key, in X-API-Key.")
            .withHeader(HttpHeaders.WWW_AUTHENTICATE, "ApiKey realm=\"operators\"");

    private final Operators operators;
    private final ProblemWriter problems;

    OperatorFilter(Operators operators, ProblemWriter problems) {
        this.operators = operators;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.TARGET;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (NettyRequest.isPublic(request) || SAFE.contains(request.getMethod())) {
            return chain.filter(exchange);
        }
        if (!operators.any()) {
            return problems.write(exchange, NOBODY);
        }
        Optional<String> operator =
                operators.of(request.getHeaders(), request.getURI().getRawQuery());
        if (operator.isEmpty()) {
            return problems.write(exchange, SOMEBODY_ELSE);
        }
        log.info(
                "Operator {}: {} {}",
                operator.get(),
                request.getMethod(),
                request.getURI().getRawPath());
        return chain.filter(exchange);
    }
}
