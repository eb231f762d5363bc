package io.headgate.gateway.backend;

import io.headgate.policy.match.BreakerRule;
import io.netty.channel.Channel;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.Connection;

/**
 * Holds an answer that has begun to the times that its backend has for it. An answer that takes longer is cut off: its
 * connection is closed, so that it never looks complete. Event streams last as long as they like.
 */
final class AnswerTimes {

    private static final String TOTAL = AnswerTimes.class.getName() + ".total";

    private AnswerTimes() {}

    static void begin(ServerWebExchange exchange, BreakerRule rule) {
        Connection connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        boolean endless = rule.idle().isEmpty() && rule.total().isEmpty();
        if (endless
                || connection == null
                || MediaType.TEXT_EVENT_STREAM.isCompatibleWith(
                        exchange.getResponse().getHeaders().getContentType())) {
            return;
        }
        rule.idle()
                .ifPresent(idle ->
                        connection.addHandlerLast(new ReadTimeoutHandler(idle.toMillis(), TimeUnit.MILLISECONDS)));
        rule.total().ifPresent(total -> exchange.getAttributes().put(TOTAL, cutOff(connection.channel(), total)));
    }

    /** The answer is over: its connection may have another one to carry by now. */
    static void end(ServerWebExchange exchange) {
        Future<?> total = exchange.getAttribute(TOTAL);
        if (total != null) {
            total.cancel(false);
        }
    }

    private static Future<?> cutOff(Channel channel, Duration total) {
        Runnable close = () -> {
            var unused = channel.close();
        };
        return channel.eventLoop().schedule(close, total.toMillis(), TimeUnit.MILLISECONDS);
    }
}
