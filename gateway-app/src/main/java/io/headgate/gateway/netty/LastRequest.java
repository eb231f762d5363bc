package io.headgate.gateway.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Has a connection end with the answer to the request that asked for it, and not with an earlier one.
 *
 * <p>Reactor Netty (1.3.7) takes the {@code Connection: close} of a request that queues on its connection as if it were that of
 * the request being answered, so that everything behind that answer is lost. Here a queueing request does not show it, and
 * the connection is closed after its answer.
 */
final class LastRequest extends ChannelDuplexHandler {

    private static final String CLOSE = "(?i)(?<![^,\\s])close(?![^,\\s])";

    private int unanswered;
    private boolean last;
    private boolean over;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            // Whatever comes after the last one is not served (RFC 9112, section 9.6).
            over = last;
            if (!over) {
                unanswered++;
                if (unanswered > 1 && !HttpUtil.isKeepAlive(request)) {
                    last = true;
                    keepAlive(request);
                }
            }
        }
        if (over) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** What else the header names stays named. */
    private static void keepAlive(HttpRequest request) {
        List<String> options = request.headers().getAll(HttpHeaderNames.CONNECTION);
        request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        for (String option : options) {
            request.headers()
                    .add(HttpHeaderNames.CONNECTION, option.replaceAll(CLOSE, HttpHeaderValues.KEEP_ALIVE.toString()));
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            if (isInterim(response.status())) {
                var unused = ctx.write(message, promise);
                return;
            } else if (last && unanswered == 1) {
                HttpUtil.setKeepAlive(response, false);
            }
        }
        ChannelPromise written = promise;
        if (message instanceof LastHttpContent) {
            unanswered--;
            if (last && unanswered == 0) {
                written = promise.unvoid();
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }
        var unused = ctx.write(message, written);
    }

    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
