package io.headgate.limiter.redis;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisConnection;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.protocol.QueueCommand;

/**
 * Ends the call that is under way on a connection when that is lost. Redisson itself forgets such a call, and leaves it to
 * its timeout.
 */
@Sharable
final class LostConnections extends ChannelInboundHandlerAdapter {

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        QueueCommand call = callUnderWay(context.channel());
        super.channelInactive(context);
        if (call != null) {
            call.tryFailure(new RedisConnectionException("the connection was lost"));
        }
    }

    private static @Nullable QueueCommand callUnderWay(Channel channel) {
        RedisConnection connection = RedisConnection.getFrom(channel);
        return connection == null ? null : connection.getCurrentCommandData();
    }
}
