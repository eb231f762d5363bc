package io.headgate.gateway.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ByteProcessor;

/**
 * Looks at the bytes of each answer's head before the codec does, which is lenient: it takes {@code Bad Header: x} for a
 * header named {@code Bad}, and knows any version. A head that is none closes the connection.
 */
final class AnswerHead extends ChannelInboundHandlerAdapter implements ByteProcessor {

    /** What a status line begins with; {@code v} stands for 0 or 1, {@code d} for a digit. */
    private static final String STATUS_LINE = "HTTP/1.v ddd";

    private static final int SWITCHING_PROTOCOLS = 101;

    private enum Place {
        STATUS,
        REASON,
        LINE_START,
        NAME,
        VALUE,
        END
    }

    private Place place = Place.END;
    private int index;
    private int status;
    private boolean malformed;

    /** A request is being sent: what comes now is the head of its answer. */
    void expect() {
        place = Place.STATUS;
        index = 0;
        status = 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (place != Place.END && message instanceof ByteBuf bytes) {
            bytes.forEachByte(this);
            if (malformed) {
                bytes.release();
                var unused = ctx.close();
                return;
            }
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public boolean process(byte b) {
        switch (place) {
            case STATUS -> statusLine(b);
            case REASON, VALUE -> place = b == '\n' ? Place.LINE_START : place;
            case LINE_START -> lineStart(b);
            case NAME -> name(b);
            case END -> {}
        }
        return !malformed && place != Place.END;
    }

    private void statusLine(byte b) {
        if (index == STATUS_LINE.length()) {
            malformed = status < 100 || (b != ' ' && b != '\r' && b != '\n');
            place = b == '\n' ? Place.LINE_START : Place.REASON;
            return;
        }
        char wanted = STATUS_LINE.charAt(index++);
        switch (wanted) {
            case 'v' -> malformed = b != '0' && b != '1';
            case 'd' -> {
                malformed = b < '0' || b > '9';
                status = 10 * status + b - '0';
            }
            default -> malformed = b != wanted;
        }
    }

    private void lineStart(byte b) {
        if (b == '\n') {
            place = Place.END;
            if (status < 200 && status != SWITCHING_PROTOCOLS) {
                // An interim answer: another head follows.
                expect();
            }
        } else if (b != '\r') {
            place = Place.NAME;
            malformed = !HttpBytes.isToken(b);
        }
    }

    private void name(byte b) {
        if (b == ':') {
            place = Place.VALUE;
        } else {
            malformed = !HttpBytes.isToken(b);
        }
    }
}
