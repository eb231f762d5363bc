package io.headgate.gateway.backend;

import io.headgate.gateway.identity.Visitor;
import io.headgate.policy.match.Caller;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * The header fields of a request as its backend gets them, made in one pass: what the client sent, without what is meant
 * for this connection only, and with who is calling, in {@code X-Headgate-User}, {@code -Tenant} and {@code -Plan}, and
 * where from, in {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. What a client sent under these names, or under
 * one that some server takes for them, is left out, and so are API keys, which are the gateway's secret.
 */
final class RequestHeaders implements HttpHeadersFilter {

    static final String USER = "X-Headgate-User";
    static final String TENANT = "X-Headgate-Tenant";
    static final String PLAN = "X-Headgate-Plan";

    private static final String OURS = "x-headgate-";

    /** Names that backends are known to trust; the override would let a limited method pass as another. */
    private static final Set<String> NEVER_FORWARDED = Set.of(
            "x-user-id",
            "x-api-key",
            "x-real-ip",
            "x-http-method-override",
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-proto");

    @Override
    public HttpHeaders filter(HttpHeaders received, ServerWebExchange exchange) {
        Set<String> named = HopByHop.namedBy(received);
        HttpHeaders headers = new HttpHeaders();
        received.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HopByHop.NAMES.contains(lower) && !named.contains(lower) && !isTrusted(lower.replace('_', '-'))) {
                headers.addAll(name, values);
            }
        });
        // After the client's own, so that none it names in Connection goes missing.
        Visitor.of(exchange).ifPresent(visitor -> introduce(headers, visitor, exchange.getRequest()));
        return headers;
    }

    private static boolean isTrusted(String name) {
        return name.startsWith(OURS) || NEVER_FORWARDED.contains(name);
    }

    private static void introduce(HttpHeaders headers, Visitor visitor, ServerHttpRequest request) {
        Caller caller = visitor.caller();
        set(headers, USER, caller.user());
        set(headers, TENANT, caller.tenant());
        set(headers, PLAN, visitor.plan());
        set(headers, "X-Forwarded-For", visitor.ip().toString());
        set(headers, "X-Forwarded-Proto", request.getURI().getScheme());
        set(headers, "X-Forwarded-Host", request.getHeaders().getFirst(HttpHeaders.HOST));
    }

    private static void set(HttpHeaders headers, String name, @Nullable String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }
}
