package io.headgate.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client of HTTP/2 by prior knowledge that sends whatever frames it is told to, on one connection. */
final class Http2Peer implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Http2Frame> received = new LinkedBlockingQueue<>();
    private final Receiver receiver = new Receiver();
    private final Channel channel;

    Http2Peer(int port) {
        channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient()
                                                .initialSettings(Http2Settings.defaultSettings()
                                                        .pushEnabled(false))
                                                .validateHeaders(false)
                                                .build(),
                                        receiver);
                    }
                })
                .connect("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    private final class Receiver extends Http2ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2Frame frame) {
                received.add(frame);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // What the gateway says of it is looked at, not what this codec does.
        }
    }

    Http2FrameStream newStream() {
        return receiver.newStream();
    }

    /** Puts a frame on its way; the gateway may have hung up meanwhile. */
    void send(Http2Frame frame) {
        channel.writeAndFlush(frame).awaitUninterruptibly();
    }

    /** The next frame of this kind that {@code wanted} accepts; drops those before it. */
    <F extends Http2Frame> F next(Class<F> kind, Predicate<F> wanted) throws InterruptedException {
        while (true) {
            Http2Frame frame = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " came");
            }
            if (kind.isInstance(frame) && wanted.test(kind.cast(frame))) {
                return kind.cast(frame);
            }
            ReferenceCountUtil.release(frame);
        }
    }

    /** Waits until the gateway hangs up. */
    boolean isHungUpOn() throws InterruptedException {
        return channel.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
