package io.headgate.gateway.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Bytes that are let through mean the same requests to the codec as to the guard before it, however they arrive. The first
 * byte of the input says where the others are cut in two.
 */
public final class RequestFramingFuzz {

    private static final int MOST_FIELDS = 100;

    private RequestFramingFuzz() {}

    private record Followed(int end, long requests, RequestFraming.Phase phase, boolean sound) {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        ByteBuf bytes = Unpooled.wrappedBuffer(input, 1, input.length - 1);
        Followed whole = follow(bytes, 0);
        Followed cut = follow(bytes, (input[0] & 0xff) % (bytes.readableBytes() + 1));
        check(whole.equals(cut), "read differently in two pieces", whole + ", " + cut);
        if (!whole.sound() || whole.phase() == RequestFraming.Phase.OTHER_PROTOCOL) {
            return;
        }
        EmbeddedChannel codec = new EmbeddedChannel(new HttpRequestDecoder(1 << 16, 1 << 16, 1 << 16));
        try {
            codec.writeInbound(bytes.retainedDuplicate());
            compare(codec, whole);
        } finally {
            codec.finishAndReleaseAll();
        }
    }

    private static Followed follow(ByteBuf bytes, int cut) {
        RequestFraming framing = new RequestFraming(MOST_FIELDS, true);
        int end = framing.follow(bytes.slice(0, cut));
        if (framing.fault().isEmpty()) {
            end = cut + framing.follow(bytes.slice(cut, bytes.readableBytes() - cut));
        }
        return new Followed(
                end, framing.requests(), framing.phase(), framing.fault().isEmpty());
    }

    private static void compare(EmbeddedChannel codec, Followed guard) {
        long begun = 0;
        long ended = 0;
        Object message;
        while ((message = codec.readInbound()) != null) {
            boolean refused =
                    message instanceof HttpObject part && part.decoderResult().isFailure();
            begun += message instanceof HttpRequest ? 1 : 0;
            ended += message instanceof LastHttpContent ? 1 : 0;
            ReferenceCountUtil.release(message);
            if (refused) {
                // The codec is the stricter one: the request is answered 400 and is the last.
                return;
            }
        }
        boolean inHead = guard.phase() == RequestFraming.Phase.HEAD;
        boolean between = guard.phase() == RequestFraming.Phase.BETWEEN;
        check(begun == guard.requests() - (inHead ? 1 : 0), "begins other requests", begun + ", " + guard);
        check(ended == guard.requests() - (between ? 0 : 1), "ends other requests", ended + ", " + guard);
    }

    private static void check(boolean holds, String otherwise, String what) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + what);
        }
    }
}
