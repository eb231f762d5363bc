package io.headgate.gateway.media;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

/**
 * Shakes hands with the backend before the client hears of it, so that what the backend refuses is refused, and its breaker
 * sees a call that ends with the handshake. The connection is left with the exchange.
 */
final class BackendSocketFilter implements GlobalFilter, Ordered {

    private static final String CONNECTION = BackendSocketFilter.class.getName();
    private static final String HANDSHAKE = "sec-websocket-";

    /** Of each connection, or written by whoever shakes hands. */
    private static final Set<String> OF_ONE_LEG = Set.of("host", "content-length");

    private final HttpClient client;
    private final HttpHeadersFilter requestHeaders;
    private final ProblemWriter problems;

    BackendSocketFilter(HttpClient client, HttpHeadersFilter requestHeaders, ProblemWriter problems) {
        this.client = client;
        this.requestHeaders = requestHeaders;
        this.problems = problems;
    }

    /** Right before the filter that would send it as an ordinary request. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        SocketHandshake handshake = SocketHandshake.of(exchange);
        URI target = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        if (handshake == null || target == null) {
            return chain.filter(exchange);
        }
        WebsocketClientSpec.Builder spec =
                WebsocketClientSpec.builder().handlePing(true).maxFramePayloadLength(SocketBridge.LARGEST_FRAME);
        if (!handshake.protocols().isEmpty()) {
            spec.protocols(handshake.protocols());
        }
        return client.headers(headers -> forwarded(exchange).forEach((name, values) -> headers.set(name, values)))
                .websocket(spec.build())
                .uri(socketAddress(target))
                .connect()
                .flatMap(connection -> {
                    exchange.getAttributes().put(CONNECTION, connection);
                    ServerWebExchangeUtils.setAlreadyRouted(exchange);
                    return chain.filter(exchange);
                })
                .onErrorResume(WebSocketClientHandshakeException.class, refused -> refuse(exchange, refused));
    }

    /** The connection to the backend, if there is one. */
    static Connection connection(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(CONNECTION);
    }

    static boolean isConnected(ServerWebExchange exchange) {
        return exchange.getAttributes().containsKey(CONNECTION);
    }

    private HttpHeaders forwarded(ServerWebExchange exchange) {
        HttpHeaders filtered = requestHeaders.filter(exchange.getRequest().getHeaders(), exchange);
        HttpHeaders headers = new HttpHeaders();
        filtered.forEach((name, values) -> {
            String plain = name.toLowerCase(Locale.ROOT);
            if (!plain.startsWith(HANDSHAKE) && !OF_ONE_LEG.contains(plain)) {
                headers.addAll(name, values);
            }
        });
        return headers;
    }

    private static URI socketAddress(URI target) {
        return UriComponentsBuilder.fromUri(target)
                .scheme("https".equals(target.getScheme()) ? "wss" : "ws")
                .build(true)
                .toUri();
    }

    /** What the backend refuses for a reason of the client's is refused for the same; anything else is its failure. */
    private Mono<Void> refuse(ServerWebExchange exchange, WebSocketClientHandshakeException refused) {
        int code = refused.response() == null ? 0 : refused.response().status().code();
        HttpStatus status = HttpStatus.resolve(code);
        if (status == null || !status.is4xxClientError()) {
            return Mono.error(refused);
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        return problems.write(exchange, Problem.of(status, "The backend refused the WebSocket handshake."));
    }
}
