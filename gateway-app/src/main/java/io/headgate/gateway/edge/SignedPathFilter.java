package io.headgate.gateway.edge;

import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.signing.SignedPaths;
import io.headgate.gateway.signing.SignedPaths.Opened;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Takes the signature out of a path before anything looks at it: policies, caches, logs and backends see the path itself.
 * What became of it is left with the exchange.
 */
final class SignedPathFilter implements PublicFilter {

    private static final String ATTRIBUTE = SignedPathFilter.class.getName();

    private final SignedPaths signed;

    SignedPathFilter(SignedPaths signed) {
        this.signed = signed;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.SIGNED_PATH;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        Opened opened = signed.open(exchange.getRequest().getURI().getRawPath());
        exchange.getAttributes().put(ATTRIBUTE, opened);
        if (opened instanceof Opened.Good good) {
            return chain.filter(RequestTarget.withPath(exchange, good.path()));
        } else if (opened instanceof Opened.Bad bad) {
            return chain.filter(RequestTarget.withPath(exchange, bad.path()));
        }
        return chain.filter(exchange);
    }

    static Opened of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }
}
