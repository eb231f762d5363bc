package io.headgate.limiter.redis;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only so many connections of a client be under way at once, and one to each server; the others wait in turn. A server
 * that comes back is met by a few connections of each node at a time and not by all that were lost, and one that does not
 * answer delays those to the others by one timeout at most.
 *
 * <p>In the pipelines of all channels of the client. Thread-safe.
 */
@Sharable
final class ConnectsInTurn extends ChannelOutboundHandlerAdapter {

    private final int atOnce;
    private final Queue<Attempt> waiting = new ArrayDeque<>();
    private final Set<SocketAddress> underWay = new HashSet<>();

    private record Attempt(
            ChannelHandlerContext context,
            SocketAddress remote,
            @Nullable SocketAddress local,
            ChannelPromise promise) {
        void begin() {
            var unused = context.connect(remote, local, promise);
        }
    }

    /** @param atOnce most connections under way */
    ConnectsInTurn(int atOnce) {
        this.atOnce = atOnce;
    }

    @Override
    public void connect(
            ChannelHandlerContext context,
            SocketAddress remote,
            @Nullable SocketAddress local,
            ChannelPromise promise) {
        Attempt attempt = new Attempt(context, remote, local, promise);
        synchronized (waiting) {
            waiting.add(attempt);
        }
        beginNext();
    }

    private void beginNext() {
        for (Attempt next = next(); next != null; next = next()) {
            SocketAddress remote = next.remote;
            next.promise.addListener(ended -> {
                synchronized (waiting) {
                    underWay.remove(remote);
                }
                beginNext();
            });
            // One whose channel has been closed meanwhile fails at once, and is over.
            next.begin();
        }
    }

    private @Nullable Attempt next() {
        synchronized (waiting) {
            if (underWay.size() == atOnce) {
                return null;
            }
            for (Iterator<Attempt> all = waiting.iterator(); all.hasNext(); ) {
                Attempt attempt = all.next();
                if (underWay.add(attempt.remote)) {
                    all.remove();
                    return attempt;
                }
            }
            return null;
        }
    }
}
