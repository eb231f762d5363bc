package io.headgate.gateway.edge;

import java.net.URI;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** What a request asks for. */
final class RequestTarget {

    private RequestTarget() {}

    /** The exchange as if it asked for another path, with the same query. */
    static ServerWebExchange withPath(ServerWebExchange exchange, String path) {
        ServerHttpRequest request = exchange.getRequest();
        URI uri = request.getURI();
        String query = uri.getRawQuery();
        URI target =
                URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path + (query == null ? "" : "?" + query));
        return exchange.mutate().request(request.mutate().uri(target).build()).build();
    }
}
