package io.headgate.gateway.media;

import io.headgate.gateway.response.Problem;
import io.headgate.policy.match.Protocol;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * A request to go on as a WebSocket (RFC 6455, section 4.2.1), which its route allows.
 *
 * @param terms what its route says about connections
 * @param protocols the subprotocols that the client offers; empty for none
 */
record SocketHandshake(Protocol.WebSocket terms, String protocols) {

    private static final String ATTRIBUTE = SocketHandshake.class.getName();
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    /** Why this request is no handshake; empty if it is one. */
    static Optional<Problem> objection(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        boolean upgrades = request.getMethod().equals(HttpMethod.GET)
                && "websocket".equalsIgnoreCase(headers.getUpgrade())
                && headers.getConnection().stream().anyMatch("upgrade"::equalsIgnoreCase);
        if (!upgrades || !List.of(VERSION).equals(headers.get("Sec-WebSocket-Version"))) {
            return Optional.of(
                    Problem.of(HttpStatus.UPGRADE_REQUIRED, "This path speaks WebSocket, version " + VERSION + ".")
                            .withHeader(HttpHeaders.UPGRADE, "websocket")
                            .withHeader("Sec-WebSocket-Version", VERSION));
        }
        return isKey(headers.getFirst("Sec-WebSocket-Key"))
                ? Optional.empty()
                : Optional.of(Problem.of(HttpStatus.BAD_REQUEST, "The Sec-WebSocket-Key header is none."));
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static SocketHandshake of(Protocol.WebSocket terms, ServerHttpRequest request) {
        List<String> offered = request.getHeaders().getOrDefault("Sec-WebSocket-Protocol", List.of());
        return new SocketHandshake(terms, String.join(",", offered));
    }

    /** Leaves the handshake with the exchange. */
    void accompany(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** The handshake of an exchange; {@code null} if it is none. */
    static @Nullable SocketHandshake of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
