package io.headgate.gateway.cache;

import io.headgate.gateway.identity.Visitor;
import io.headgate.policy.match.Caller;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * What an answer is an answer to: a target, and who asked, by everything that tells the backend so. Answers that their
 * backend calls public are kept for everybody.
 *
 * @param target host, path and query
 * @param caller who asked; empty for everybody
 */
record CacheKey(String target, List<String> caller) {

    CacheKey {
        caller = List.copyOf(caller);
    }

    static CacheKey of(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        URI uri = request.getURI();
        HttpHeaders headers = request.getHeaders();
        String target = headers.getFirst(HttpHeaders.HOST) + " " + uri.getRawPath() + "?" + uri.getRawQuery();
        Visitor visitor = Visitor.of(exchange).orElse(null);
        Caller caller = visitor == null ? Caller.ANONYMOUS : visitor.caller();
        return new CacheKey(
                target,
                List.of(
                        text(caller.user()),
                        text(caller.tenant()),
                        visitor == null ? "" : visitor.plan(),
                        visitor == null || caller.user() != null ? "" : String.valueOf(visitor.ip()),
                        text(headers.getFirst(HttpHeaders.AUTHORIZATION)),
                        String.join("; ", headers.getOrDefault(HttpHeaders.COOKIE, List.of()))));
    }

    CacheKey ofEverybody() {
        return new CacheKey(target, List.of());
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
