package io.headgate.gateway.netty;

import io.headgate.gateway.config.EdgeSettings;
import io.headgate.policy.net.IpAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.ProxyProtocolSupportType;

/**
 * Sets up what stands between the public port and Reactor Netty's own handling of HTTP, connection by connection.
 *
 * <p>The port speaks HTTP/1.1 and HTTP/2: chosen by ALPN under TLS, by prior knowledge without.
 */
final class PublicConnections implements NettyServerCustomizer, ChannelPipelineConfigurer {

    private static final String PREFIX = "headgate.";

    /** As much of a body as Netty reads at once; by default it is handed on in eighths of that. */
    private static final int LARGEST_PIECE = 64 << 10;

    /**
     * Of an answer, in the system's buffers: what is under way to a far client comes on top, so that nobody is served more
     * slowly. Without it, Linux takes some 4 MiB for a client that reads nothing.
     */
    private static final long UNSENT = 128 << 10;

    /** Of an answer, besides what is in the system's buffers. */
    private static final WriteBufferWaterMark UNREAD =
            new WriteBufferWaterMark(BodyPieces.WAITING / 2, BodyPieces.WAITING);

    private static final AttributeKey<Boolean> PUBLIC = AttributeKey.valueOf(PublicConnections.class, "public");
    private static final BrokenBody.Marking MARKING = new BrokenBody.Marking();
    private static final BrokenBody.Raising RAISING = new BrokenBody.Raising();

    private final ConnectionGuard.Port port;
    private final EdgeSettings settings;
    private final boolean tls;

    PublicConnections(ConnectionGuard.Port port, boolean tls) {
        this.port = port;
        this.settings = port.settings();
        this.tls = tls;
    }

    @Override
    public HttpServer apply(HttpServer server) {
        int largestHead = Math.toIntExact(settings.maxHeadSize().toBytes());
        HttpServer bounded =
                Epoll.isAvailable() ? server.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT) : server;
        return bounded.protocol(HttpProtocol.HTTP11, tls ? HttpProtocol.H2 : HttpProtocol.H2C)
                .httpRequestDecoder(spec -> decoder(spec, largestHead))
                .http2Settings(
                        spec -> spec.maxConcurrentStreams(settings.maxStreams()).maxHeaderListSize(largestHead))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, BodyPieces.reads(LARGEST_PIECE))
                .idleTimeout(settings.idleTimeout())
                .proxyProtocol(settings.proxyProtocol() ? ProxyProtocolSupportType.ON : ProxyProtocolSupportType.OFF)
                .mapHandle(PublicConnections::handling)
                .doOnChannelInit(this);
    }

    /** Deprecated for a successor that does without; here each piece costs its way to the backend. */
    @SuppressWarnings("deprecation")
    private static HttpRequestDecoderSpec decoder(HttpRequestDecoderSpec spec, int largestHead) {
        return spec.maxInitialLineLength(largestHead).maxHeaderSize(largestHead).maxChunkSize(LARGEST_PIECE);
    }

    private static Mono<Void> handling(Mono<Void> work, Connection connection) {
        if (!(connection instanceof HttpServerResponse response)) {
            return work;
        }
        Mono<Void> answered = work.then(Mono.defer(() -> Mono.from(RefusalAnswer.ofUnreadable(response))));
        return AbandonedStreams.watch(connection, response, answered);
    }

    @Override
    public void onChannelInit(ConnectionObserver observer, Channel channel, @Nullable SocketAddress remote) {
        channel.attr(PUBLIC).set(true);
        ChannelPipeline pipeline = channel.pipeline();
        ConnectionGuard guard = new ConnectionGuard(port);
        // By name: who stands there first only finds out for which host TLS is to be.
        if (pipeline.get(NettyPipeline.SslHandler) == null) {
            pipeline.addFirst(PREFIX + "guard", guard);
            guardHttp1(pipeline, guard, true);
        } else {
            pipeline.addAfter(NettyPipeline.SslHandler, PREFIX + "guard", guard);
            pipeline.addBefore(NettyPipeline.ReactiveBridge, PREFIX + "negotiated", new OnceNegotiated(guard));
        }
        if (settings.proxyProtocol()) {
            expectProxyHeader(channel, guard);
        }
    }

    /** From trusted proxies only: anybody else could claim to be anybody. */
    private void expectProxyHeader(Channel channel, ConnectionGuard guard) {
        ChannelPipeline pipeline = channel.pipeline();
        if (channel.remoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && port.connections().isProxy(IpAddress.of(peer.getAddress()))) {
            pipeline.addAfter(
                    NettyPipeline.ProxyProtocolDecoder, PREFIX + "proxy", new ProxyHeader(guard, port.meters()));
        } else {
            pipeline.remove(NettyPipeline.ProxyProtocolDecoder);
            pipeline.remove(NettyPipeline.ProxyProtocolReader);
        }
    }

    /** Whether a channel is a connection to the public port, or a stream of one in HTTP/2. */
    static boolean includes(Channel channel) {
        return channel.hasAttr(PUBLIC)
                || (channel.parent() != null && channel.parent().hasAttr(PUBLIC));
    }

    private void guardHttp1(ChannelPipeline pipeline, ConnectionGuard guard, boolean http2Allowed) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        ChannelHandlerContext preface = pipeline.context(CleartextHttp2ServerUpgradeHandler.class);
        RequestFraming framing = new RequestFraming(settings.maxHeaders(), http2Allowed);
        guard.follow(framing);
        pipeline.addBefore(
                preface == null ? codec.name() : preface.name(),
                PREFIX + "framing",
                new FramingGuard(framing, Math.toIntExact(settings.maxHeadSize().toBytes())));
        if (preface != null) {
            pipeline.addAfter(codec.name(), PREFIX + "upon-preface", StreamHeads.UponPreface.INSTANCE);
        }
        pipeline.addAfter(codec.name(), PREFIX + "last", new LastRequest());
        pipeline.addAfter(codec.name(), PREFIX + "marking", MARKING);
        pipeline.addBefore(NettyPipeline.ReactiveBridge, PREFIX + "raising", RAISING);
    }

    /** Waits until client and server have agreed on a protocol, which puts the codec in its place. */
    private final class OnceNegotiated extends ChannelInboundHandlerAdapter {

        private final ConnectionGuard guard;

        OnceNegotiated(ConnectionGuard guard) {
            this.guard = guard;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                if (ctx.pipeline().get(HttpServerCodec.class) == null) {
                    guard.leaveHeads();
                    StreamHeads.install(ctx.pipeline());
                } else {
                    guardHttp1(ctx.pipeline(), guard, false);
                }
                ctx.pipeline().remove(this);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
