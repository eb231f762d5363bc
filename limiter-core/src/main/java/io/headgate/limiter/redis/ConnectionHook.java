package io.headgate.limiter.redis;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import org.redisson.client.NettyHook;

/** How connections begin and end: {@link ConnectsInTurn}, {@link LostConnections}. */
final class ConnectionHook implements NettyHook {

    /** Most connects of a node at a time. */
    static final int CONNECTS = 2;

    private final ConnectsInTurn begin = new ConnectsInTurn(CONNECTS);
    private final LostConnections end = new LostConnections();

    @Override
    public void afterBoostrapInitialization(Bootstrap bootstrap) {}

    @Override
    public void afterChannelInitialization(Channel channel) {
        // Before Redisson's own handlers, which forget what was under way.
        channel.pipeline().addFirst(begin, end);
    }
}
