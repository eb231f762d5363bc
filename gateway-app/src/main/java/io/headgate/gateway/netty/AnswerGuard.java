package io.headgate.gateway.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind the codec of a connection to a backend, and closes the connection over anything but one sound answer to
 * each request. Without it Reactor Netty (1.3.7) gives the client an interim answer in the place of the final one, or a
 * switch of protocols that nobody asked for, and puts a connection with a second answer on it back into the pool.
 *
 * <p>The end of an answer is held back until all that has been read is decoded: only then is it known that nothing follows,
 * and only then may the connection go to another request.
 */
public final class AnswerGuard extends ChannelDuplexHandler {

    /** Interim answers to one request, such as early hints. */
    private static final int MOST_INTERIM = 20;

    private final AnswerHead head = new AnswerHead();
    private boolean expecting;
    private boolean upgrade;
    private int interim;
    private boolean inInterim;
    private @Nullable Object end;

    private AnswerGuard() {}

    /** Guards a connection to a backend that speaks HTTP/1. */
    public static void install(Channel channel) {
        ChannelHandlerContext codec = channel.pipeline().context(HttpClientCodec.class);
        if (codec != null) {
            AnswerGuard guard = new AnswerGuard();
            codec.pipeline().addBefore(codec.name(), "headgate.answer-head", guard.head);
            codec.pipeline().addAfter(codec.name(), "headgate.answer", guard);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest request) {
            expecting = true;
            interim = 0;
            upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
            head.expect();
        }
        var unused = ctx.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject part)) {
            ctx.fireChannelRead(message);
        } else if (!expecting || end != null || part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            var unused = ctx.close();
        } else if (part instanceof HttpResponse response) {
            begin(ctx, response);
        } else if (inInterim) {
            ReferenceCountUtil.release(message);
            inInterim = !(part instanceof LastHttpContent);
            ctx.read();
        } else if (part instanceof LastHttpContent) {
            end = message;
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpResponse response) {
        HttpResponseStatus status = response.status();
        boolean switching = HttpResponseStatus.SWITCHING_PROTOCOLS.equals(status);
        if (status.codeClass() == HttpStatusClass.INFORMATIONAL && !switching && ++interim <= MOST_INTERIM) {
            ReferenceCountUtil.release(response);
            inInterim = !(response instanceof LastHttpContent);
            ctx.read();
        } else if (interim > MOST_INTERIM || (switching && !upgrade) || !isFramed(response)) {
            ReferenceCountUtil.release(response);
            var unused = ctx.close();
        } else {
            ctx.fireChannelRead(response);
        }
    }

    /** Whether its end can be told: by a length, by chunks, or by the end of the connection. */
    private static boolean isFramed(HttpResponse response) {
        List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0)));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passEnd(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        passEnd(ctx);
        ctx.fireChannelInactive();
    }

    private void passEnd(ChannelHandlerContext ctx) {
        Object complete = end;
        if (complete != null) {
            end = null;
            expecting = false;
            ctx.fireChannelRead(complete);
        }
    }
}
