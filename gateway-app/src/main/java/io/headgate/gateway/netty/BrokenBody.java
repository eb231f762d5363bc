package io.headgate.gateway.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import reactor.netty.channel.ChannelOperations;

/**
 * A request body whose framing breaks off in the middle: it must never look like one that has ended.
 *
 * <p>Reactor Netty (1.3.7) answers such a request with a 400 and <em>completes</em> its body, so that a backend that has
 * been reading it takes what came for the whole. Here the failed part is taken off the codec before Reactor Netty sees
 * it, travels in its place through the queue of pipelined requests as a mark, and becomes an error of the body behind.
 */
final class BrokenBody {

    private static final Object MARK = new Object();
    private static final AttributeKey<Boolean> ANSWERED = AttributeKey.valueOf(BrokenBody.class, "answered");

    /** Set once something came that is no HTTP: the server answers it without a word. */
    private static final AttributeKey<Boolean> UNDECODED = AttributeKey.valueOf(BrokenBody.class, "undecoded");

    /** How long an answer may take before the connection is closed without one. */
    private static final long PATIENCE_SECONDS = 1;

    private BrokenBody() {}

    /** Whether the body of the request that begins on the channel is broken already. If so, the caller answers it. */
    static boolean claim(Channel channel) {
        boolean broken = channel.hasAttr(ANSWERED);
        if (broken) {
            channel.attr(ANSWERED).set(true);
        }
        return broken;
    }

    private static void hangUp(ChannelHandlerContext ctx) {
        var unused = ctx.close();
    }

    /** The body of a request breaks off. */
    static final class BrokenBodyException extends RuntimeException {
        BrokenBodyException() {
            super("The framing of the request body is broken", null, false, false);
        }
    }

    /**
     * Stands behind the codec: marks bodies that break, and takes away an upgrade to HTTP/2, which the server would
     * otherwise accept; who wants HTTP/2 begins with it. One to WebSocket is for the request's route to say.
     */
    @Sharable
    static final class Marking extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
                ctx.channel().attr(UNDECODED).set(true);
            }
            if (message instanceof HttpRequest request) {
                HttpHeaders headers = request.headers();
                String host = headers.get(HttpHeaderNames.HOST);
                if (host != null && host.endsWith(":")) {
                    // The server refuses such a port by itself, without a word.
                    ctx.channel().attr(UNDECODED).set(true);
                }
                if (headers.contains(HttpHeaderNames.UPGRADE)
                        && !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
                    headers.remove(HttpHeaderNames.UPGRADE).remove("HTTP2-Settings");
                }
            } else if (message instanceof HttpContent content
                    && content.decoderResult().isFailure()) {
                content.release();
                ctx.fireChannelRead(MARK);
                var unused = ctx.executor().schedule(() -> hangUp(ctx), PATIENCE_SECONDS, TimeUnit.SECONDS);
                return;
            }
            ctx.fireChannelRead(message);
        }
    }

    /** Stands before the request's own handler: turns a mark into an error of the body, and the answer into the last. */
    @Sharable
    static final class Raising extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message != MARK) {
                ctx.fireChannelRead(message);
                return;
            }
            ctx.channel().attr(ANSWERED).set(false);
            // In a later turn: a request that came in one piece with its broken body is refused before it gets
            // anywhere.
            ctx.executor().execute(() -> raise(ctx));
        }

        private static void raise(ChannelHandlerContext ctx) {
            if (ChannelOperations.get(ctx.channel()) == null) {
                // Answered already: there is nobody to tell.
                hangUp(ctx);
            } else if (!Boolean.TRUE.equals(ctx.channel().attr(ANSWERED).get())) {
                ctx.fireExceptionCaught(new BrokenBodyException());
            }
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response) {
                if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                    // What comes from now on is no HTTP.
                    ctx.pipeline().remove(FramingGuard.class);
                } else if (ctx.channel().hasAttr(ANSWERED)) {
                    HttpUtil.setKeepAlive(response, false);
                }
            }
            if (message instanceof FullHttpResponse response
                    && ctx.channel().hasAttr(UNDECODED)
                    && RefusalAnswer.explains(response)) {
                FullHttpResponse explained = RefusalAnswer.of(response.status(), ctx.alloc());
                response.release();
                var unused = ctx.write(explained, promise);
                return;
            }
            var unused = ctx.write(message, promise);
        }
    }
}
