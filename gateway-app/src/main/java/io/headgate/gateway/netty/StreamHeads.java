package io.headgate.gateway.netty;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler.PriorKnowledgeUpgradeEvent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Resets streams of HTTP/2 whose head lacks a part of the request line, or whose trailers have one (RFC 9113 §8.1, §8.3.1).
 *
 * <p>Netty (4.2.17) sees to it that no pseudo-header is unknown, comes twice or late; that all are there that have to be, it
 * leaves to others. Reactor Netty (1.3.7) takes a head without a method for trailers, and trailers with one for a second
 * request: neither is ever answered.
 */
@Sharable
final class StreamHeads extends ChannelInboundHandlerAdapter {

    private static final StreamHeads INSTANCE = new StreamHeads();
    private static final String NAME = "headgate.stream-heads";

    private StreamHeads() {}

    /** Guards a connection that speaks HTTP/2. */
    static void install(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.H2MultiplexHandler, NAME, INSTANCE);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame frame && !isSound(frame)) {
            Http2FrameStream stream = frame.stream();
            var unused = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR).stream(stream));
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private static boolean isSound(Http2HeadersFrame frame) {
        Http2Headers fields = frame.headers();
        return areTrailers(frame) ? !hasPseudoHeader(fields) : isRequest(fields);
    }

    /** A request whose head is all of it has closed its side of the stream by opening it; trailers close it just now. */
    private static boolean areTrailers(Http2HeadersFrame frame) {
        return frame.isEndStream() && frame.stream().state() != Http2Stream.State.HALF_CLOSED_REMOTE;
    }

    private static boolean hasPseudoHeader(Http2Headers fields) {
        for (PseudoHeaderName name : PseudoHeaderName.values()) {
            if (fields.contains(name.value())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRequest(Http2Headers fields) {
        if (isEmpty(fields.method()) || fields.contains(PseudoHeaderName.PROTOCOL.value())) {
            // Nobody was told that there is a CONNECT with a protocol (RFC 8441 §3).
            return false;
        }
        return HttpMethod.CONNECT.asciiName().contentEquals(fields.method())
                ? fields.scheme() == null && fields.path() == null && !isEmpty(fields.authority())
                : !isEmpty(fields.scheme()) && !isEmpty(fields.path());
    }

    private static boolean isEmpty(@Nullable CharSequence value) {
        return value == null || value.isEmpty();
    }

    /** Waits in clear text for a client that begins with HTTP/2, whose codecs are put in place before its first frame. */
    @Sharable
    static final class UponPreface extends ChannelInboundHandlerAdapter {

        static final UponPreface INSTANCE = new UponPreface();

        private UponPreface() {}

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof PriorKnowledgeUpgradeEvent) {
                install(ctx.pipeline());
                ctx.pipeline().remove(this);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
