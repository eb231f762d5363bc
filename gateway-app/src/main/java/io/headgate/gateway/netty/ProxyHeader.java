package io.headgate.gateway.netty;

import io.headgate.policy.net.IpAddress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns whose connection it is from the header of the PROXY protocol, which a proxy sends before all else; between the
 * codec that reads it and the handler that gives requests the address in it. Without an address in it the connection is the
 * proxy's own, such as one to see whether anybody is there.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(ProxyHeader.class);

    private final ConnectionGuard guard;
    private final ConnectionMeters meters;

    ProxyHeader(ConnectionGuard guard, ConnectionMeters meters) {
        this.guard = guard;
        this.meters = meters;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HAProxyMessage header) {
            source(header).ifPresent(guard::belongsTo);
            ctx.pipeline().remove(this);
        }
        ctx.fireChannelRead(message);
    }

    /** As the handler has it that comes next. */
    private static Optional<IpAddress> source(HAProxyMessage header) {
        return header.sourcePort() == 0
                ? Optional.empty()
                : Optional.ofNullable(header.sourceAddress()).flatMap(IpAddress::parse);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof HAProxyProtocolException)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        log.debug("{}: no header of the PROXY protocol", ctx.channel(), cause);
        meters.noProxyHeader();
        var unused = ctx.close();
    }
}
