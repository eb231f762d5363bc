package io.headgate.gateway.netty;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A filter of the requests that come in by the public port. The management port has all filters too, since its context
 * is a child of ours; what operators ask there is neither limited nor forwarded to a backend.
 */
public interface PublicFilter extends WebFilter, Ordered {

    /** {@link WebFilter#filter} for a request of the public port. */
    Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain);

    @Override
    default Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return NettyRequest.isPublic(exchange.getRequest()) ? filterPublic(exchange, chain) : chain.filter(exchange);
    }
}
