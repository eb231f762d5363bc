package io.headgate.gateway.backend;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.headgate.gateway.netty.PublicFilter;
import java.util.List;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Hands a request to the route it is under, by its canonical path, which is also what is forwarded. All other requests
 * go on to the framework's handlers. Those are not asked first, as they would be for a {@code RouteLocator}: each kind of
 * them would look at each request before the gateway's own turn came.
 */
final class RoutingFilter implements PublicFilter {

    private final List<Mount> mounts;
    private final FilteringWebHandler gateway;

    /**
     * A route and what it serves.
     *
     * @param prefix path that it serves, with all paths below
     */
    record Mount(String prefix, Route route) {

        boolean serves(String path) {
            return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        }
    }

    /** @param mounts none of which serves paths of another */
    RoutingFilter(List<Mount> mounts, FilteringWebHandler gateway) {
        this.mounts = List.copyOf(mounts);
        this.gateway = gateway;
    }

    /** After all filters that judge a request. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getURI().getRawPath();
        for (Mount mount : mounts) {
            if (mount.serves(path)) {
                exchange.getAttributes().put(GATEWAY_ROUTE_ATTR, mount.route());
                return gateway.handle(exchange.mutate()
                        .response(new BoundedResponse(exchange.getRequest(), exchange.getResponse()))
                        .build());
            }
        }
        return chain.filter(exchange);
    }
}
