package io.headgate.gateway.backend;

import io.headgate.gateway.identity.Visitor;
import io.headgate.gateway.signing.IdentitySignature;
import io.headgate.policy.match.Caller;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    /** Beginnings of names that gateways use towards backends, and of those by which the server knows streams of HTTP/2. */
    private static final List<String> RESERVED = List.of("x-headgate-", "x-forwarded-", "x-http2-");

    /** Names that backends are known to trust: who calls and from where, and another method or target than was limited. */
    private static final Set<String> NEVER_FORWARDED = Set.of(
            "x-user-id",
            "x-api-key",
            "remote-user",
            "x-remote-user",
            "x-authenticated-user",
            "forwarded",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "x-client-cert",
            "x-ssl-client-cert",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-host",
            "x-original-method",
            "x-original-uri",
            "x-original-url",
            "x-rewrite-url");

    /** What is signed, if anything is. */
    static final List<String> SIGNED =
            List.of("x-headgate-user", "x-headgate-tenant", "x-headgate-plan", "x-forwarded-for");

    private final Optional<IdentitySignature> signature;

    RequestHeaders(Optional<IdentitySignature> signature) {
        this.signature = signature;
    }

    @Override
    public HttpHeaders filter(HttpHeaders received, ServerWebExchange exchange) {
        Set<String> named = HopByHop.namedBy(received);
        HttpHeaders headers = new HttpHeaders();
        received.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HopByHop.NAMES.contains(lower) && !named.contains(lower) && !isTrusted(dashed(lower))) {
                headers.addAll(name, values);
            }
        });
        // After the client's own, so that none it names in Connection goes missing.
        ServerHttpRequest request = exchange.getRequest();
        Visitor.of(exchange).ifPresent(visitor -> introduce(headers, visitor, request));
        signature.ifPresent(signing -> signing.sign(headers, request.getMethod(), request.getURI()));
        return headers;
    }

    private static boolean isTrusted(String name) {
        for (String beginning : RESERVED) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return NEVER_FORWARDED.contains(name);
    }

    /** Some servers hand fields on as variables, in whose names all that is neither letter nor digit becomes the same. */
    private static String dashed(String lower) {
        int odd = 0;
        while (odd < lower.length() && isPlain(lower.charAt(odd))) {
            odd++;
        }
        if (odd == lower.length()) {
            return lower;
        }
        StringBuilder name = new StringBuilder(lower);
        for (int i = odd; i < name.length(); i++) {
            if (!isPlain(name.charAt(i))) {
                name.setCharAt(i, '-');
            }
        }
        return name.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }

    private static void introduce(HttpHeaders headers, Visitor visitor, ServerHttpRequest request) {
        Caller caller = visitor.caller();
        set(headers, USER, HeaderText.of(caller.user()));
        set(headers, TENANT, HeaderText.of(caller.tenant()));
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
