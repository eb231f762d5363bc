package io.headgate.gateway.netty;

import io.headgate.gateway.netty.RequestFraming.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;

/**
 * Lets a connection's bytes through to the HTTP/1 codec for as long as their framing is beyond doubt.
 *
 * <p>At the first byte that is not, it hands the codec something that no codec can take for HTTP, and discards the rest.
 * So the refusal takes its turn behind the requests that came before, and is the last answer on the connection.
 */
final class FramingGuard extends ChannelInboundHandlerAdapter {

    /** In a head as in a body, a line that ends without a carriage return. */
    private static final byte[] NONSENSE = {0, '\n'};

    private final RequestFraming framing;
    private final int largestHead;

    /** @param largestHead bytes of header fields at which the codec gives up */
    FramingGuard(RequestFraming framing, int largestHead) {
        this.framing = framing;
        this.largestHead = largestHead;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (framing.fault().isPresent()) {
            bytes.release();
            return;
        }
        int end = framing.follow(bytes);
        if (framing.fault().isEmpty()) {
            ctx.fireChannelRead(bytes);
            return;
        }
        ByteBuf sound = bytes.readRetainedSlice(end - bytes.readerIndex());
        bytes.release();
        ctx.fireChannelRead(sound);
        ctx.fireChannelRead(Unpooled.wrappedBuffer(refusal(framing.fault().get())));
    }

    private byte[] refusal(Fault fault) {
        if (fault == Fault.MALFORMED) {
            return NONSENSE;
        }
        byte[] tooLarge = new byte[largestHead + 1];
        Arrays.fill(tooLarge, (byte) 'x');
        return tooLarge;
    }
}
