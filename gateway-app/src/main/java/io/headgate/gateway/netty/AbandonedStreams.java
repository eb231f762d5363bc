package io.headgate.gateway.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Counts the streams of one HTTP/2 connection that end before their requests are answered, and hangs up on a client that has
 * too many of them. A stream that is over leaves room for another one at once, so the ceiling on streams does not hold
 * whoever opens them for nothing. Netty (4.2.17) counts the resets that a client sends, but not those it provokes by frames
 * that are wrong (CVE-2025-8671). Used by the connection's event loop only.
 */
final class AbandonedStreams {

    /** As many as Netty lets a client send. */
    private static final int MOST = 200;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final AttributeKey<AbandonedStreams> KEY = AttributeKey.valueOf(AbandonedStreams.class, "count");

    private long windowBegan = System.nanoTime();
    private int count;

    private AbandonedStreams() {}

    /** Does the work on a request, and takes note if nobody waits for its end. */
    static Mono<Void> watch(Connection stream, HttpServerResponse response, Mono<Void> work) {
        // In HTTP/1 the parent is the port.
        if (!(stream.channel() instanceof Http2StreamChannel channel)) {
            return work;
        }
        Channel connection = channel.parent();
        return work.doFinally(end -> {
            if (end == SignalType.CANCEL || !response.hasSentHeaders()) {
                connection.eventLoop().execute(() -> abandoned(connection));
            }
        });
    }

    private static void abandoned(Channel connection) {
        connection.attr(KEY).setIfAbsent(new AbandonedStreams());
        if (connection.isActive() && connection.attr(KEY).get().isOneTooMany(System.nanoTime())) {
            var goAway = new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM, Unpooled.EMPTY_BUFFER);
            var unused = connection.writeAndFlush(goAway).addListener(said -> hangUp(connection));
        }
    }

    private boolean isOneTooMany(long nowNanos) {
        if (nowNanos - windowBegan > WINDOW_NANOS) {
            windowBegan = nowNanos;
            count = 0;
        }
        return ++count > MOST;
    }

    /** At once: the codec would wait for the streams that are left. */
    private static void hangUp(Channel connection) {
        ChannelHandlerContext first = connection.pipeline().firstContext();
        var unused = first == null ? connection.close() : first.close();
    }
}
