package io.headgate.gateway.backend;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** Header fields that are meant for one connection and never forwarded (RFC 9110 §7.6.1). */
final class HopByHop {

    /** Those that are so by definition, in lower case. */
    static final Set<String> NAMES = Set.of(
            "connection",
            // The gateway has answered it; the body follows without being asked for.
            "expect",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private HopByHop() {}

    /** Those that the message itself names in {@code Connection}, in lower case. */
    static Set<String> namedBy(HttpHeaders headers) {
        List<String> options = headers.getConnection();
        if (options.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        options.forEach(option -> names.add(option.toLowerCase(Locale.ROOT)));
        return names;
    }
}
