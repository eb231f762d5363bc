package io.headgate.gateway.backend;

import io.headgate.policy.match.PolicySet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * The header fields of a backend's answer as the client gets them, made in one pass: without what is meant for the
 * connection to the backend only, and without its CORS fields where the gateway writes its own, next to which they would
 * stand twice, which browsers refuse.
 */
final class ResponseHeaders implements HttpHeadersFilter {

    private static final String CORS = "access-control-";

    private final Supplier<PolicySet> policies;

    ResponseHeaders(Supplier<PolicySet> policies) {
        this.policies = policies;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders received, ServerWebExchange exchange) {
        boolean corsIsOurs = policies.get().cors().areOurs();
        Set<String> named = HopByHop.namedBy(received);
        HttpHeaders headers = new HttpHeaders();
        received.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean dropped =
                    HopByHop.NAMES.contains(lower) || named.contains(lower) || (corsIsOurs && lower.startsWith(CORS));
            if (!dropped) {
                headers.addAll(name, values);
            }
        });
        return headers;
    }
}
