package io.headgate.gateway.backend;

import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** Drops a backend's CORS headers: next to the gateway's own they would stand twice, which browsers refuse. */
final class CorsIsOurs implements HttpHeadersFilter {

    private static final String PREFIX = "Access-Control-";

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        List<String> theirs = input.headerNames().stream()
                .filter(name -> name.regionMatches(true, 0, PREFIX, 0, PREFIX.length()))
                .toList();
        if (theirs.isEmpty()) {
            return input;
        }
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(input);
        theirs.forEach(headers::remove);
        return headers;
    }
}
