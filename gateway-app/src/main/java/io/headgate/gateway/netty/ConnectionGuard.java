package io.headgate.gateway.netty;

import io.headgate.gateway.config.EdgeSettings;
import io.headgate.gateway.netty.RequestFraming.Phase;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * Keeps one connection within what is put up with: refuses it if it is one too many, and ends it if its client is too slow.
 * All of it happens on the connection's event loop.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {

    /** The rules of the port that the connection came in at. */
    record Port(EdgeSettings settings, OpenConnections connections, ConnectionMeters meters) {}

    private final Port port;
    private final ClientPace pace;
    private @Nullable RequestFraming framing;
    private boolean http2;
    private boolean counted;
    private @Nullable Cidr client;
    private @Nullable ChannelHandlerContext context;

    ConnectionGuard(Port port) {
        this.port = port;
        this.pace =
                new ClientPace(port.settings().headTimeout(), port.settings().stallTimeout(), System.nanoTime());
    }

    /** Learns where in its requests the client is, as soon as anybody knows. */
    void follow(RequestFraming followed) {
        this.framing = followed;
    }

    /** The client speaks HTTP/2, whose heads are in none but its codec's hands. */
    void leaveHeads() {
        http2 = true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        counted = port.connections().enter();
        if (!counted) {
            port.meters().tooMany();
            close(ctx);
            return;
        }
        if (ctx.channel().remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null) {
            belongsTo(IpAddress.of(peer.getAddress()));
        }
        Patrol.ofThisThread().watch(this, ctx.executor());
    }

    /** The connection is this client's, and no longer that of the proxy at its other end. */
    void belongsTo(IpAddress address) {
        leaveClient();
        Cidr network = port.connections().client(address);
        if (port.connections().enter(address, network)) {
            client = network;
        } else {
            port.meters().tooManyOfClient();
            close(context());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        leave();
    }

    private void leave() {
        if (counted) {
            counted = false;
            port.connections().leave();
        }
        leaveClient();
        Patrol.ofThisThread().forget(this);
    }

    private void leaveClient() {
        if (client != null) {
            port.connections().leave(client);
            client = null;
        }
    }

    /** Ends the connection if its client is too slow. */
    void look(long nowNanos) {
        ChannelHandlerContext ctx = context();
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        if (out == null) {
            return;
        }
        RequestFraming followed = framing;
        Phase phase = http2 ? Phase.OTHER_PROTOCOL : followed == null ? Phase.HEAD : followed.phase();
        long requests = followed == null ? 0 : followed.requests();
        boolean answered = ChannelOperations.get(ctx.channel()) == null;
        switch (pace.look(phase, requests, answered, out.totalPendingWriteBytes(), out.currentProgress(), nowNanos)) {
            case FINE -> {}
            case STALLED -> {
                port.meters().stalled();
                close(ctx);
            }
            case SLOW_REQUEST -> {
                // An answer to an earlier request is not cut off for the sake of the next one.
                if (answered) {
                    port.meters().slowRequest();
                    hangUpOn(ctx, phase == Phase.HEAD && requests > 0);
                }
            }
        }
    }

    /** Whoever has begun is told; whoever has sent nothing would take an answer for that of its next request. */
    private static void hangUpOn(ChannelHandlerContext ctx, boolean begun) {
        if (begun) {
            var unused = ctx.writeAndFlush(RefusalAnswer.slowHead(ctx.alloc())).addListener(done -> close(ctx));
        } else {
            close(ctx);
        }
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("The guard stands at no connection");
        }
        return context;
    }

    private static void close(ChannelHandlerContext ctx) {
        var unused = ctx.close();
    }
}
