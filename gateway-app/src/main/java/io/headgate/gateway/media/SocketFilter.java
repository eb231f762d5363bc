package io.headgate.gateway.media;

import io.headgate.gateway.life.Drain;
import io.headgate.gateway.netty.NettyRequest;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * Takes up a WebSocket with the client once the backend has one, and is done when the connection is: as long as it lives, the
 * request holds its slots.
 */
final class SocketFilter implements GlobalFilter, Ordered {

    private final Drain drain;

    SocketFilter(Drain drain) {
        this.drain = drain;
    }

    /** Around the backend's breaker and time limits, which are about the handshake. */
    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        SocketHandshake handshake = SocketHandshake.of(exchange);
        if (handshake == null) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange)
                .then(Mono.defer(() -> BackendSocketFilter.isConnected(exchange)
                        ? bridge(exchange, handshake, BackendSocketFilter.connection(exchange))
                        : Mono.empty()));
    }

    private Mono<Void> bridge(ServerWebExchange exchange, SocketHandshake handshake, Connection backend) {
        ServerHttpResponse response = exchange.getResponse();
        HttpServerResponse received = ServerHttpResponseDecorator.getNativeResponse(response);
        Sinks.Empty<Void> over = Sinks.empty();
        SocketBridge bridge = new SocketBridge(backend, handshake.terms(), drain.noticeOver());
        Mono<Void> upgrade = Mono.defer(() -> received.sendWebsocket(
                (in, out) -> bridge.run(in, out).doFinally(end -> over.tryEmitEmpty()), spec(backend)));
        // The first writes nothing, but has the headers put down that go with the answer. The handshake belongs on the
        // client's event loop: from elsewhere, the client's first frames could be there before anybody listens to them.
        return response.setComplete()
                .then(NettyRequest.onEventLoop(exchange.getRequest(), upgrade))
                .then(over.asMono())
                .doFinally(end -> bridge.abandon());
    }

    private static WebsocketServerSpec spec(Connection backend) {
        WebsocketServerSpec.Builder spec =
                WebsocketServerSpec.builder().handlePing(true).maxFramePayloadLength(SocketBridge.LARGEST_FRAME);
        String selected = ((WebsocketInbound) backend).selectedSubprotocol();
        if (selected != null) {
            spec.protocols(selected);
        }
        return spec.build();
    }
}
