package io.headgate.gateway.backend;

import io.headgate.gateway.identity.Visitor;
import io.headgate.policy.match.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells the backend who is calling, in {@code X-Headgate-User}, {@code -Tenant} and {@code -Plan}, and where from, in
 * {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. What a client sent under these names, or under one that some
 * server takes for them, is removed, and so are API keys, which are the gateway's secret.
 *
 * <p>Runs after the hop-by-hop filter: that one removes whatever header the client names in {@code Connection}, and
 * would remove ours.
 */
final class ForwardedIdentity implements HttpHeadersFilter, Ordered {

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
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        List<String> forged = new ArrayList<>();
        for (String name : input.headerNames()) {
            String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
            if (plain.startsWith(OURS) || NEVER_FORWARDED.contains(plain)) {
                forged.add(name);
            }
        }
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(input);
        forged.forEach(headers::remove);
        Visitor.of(exchange).ifPresent(visitor -> introduce(headers, visitor, exchange.getRequest()));
        return headers;
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
