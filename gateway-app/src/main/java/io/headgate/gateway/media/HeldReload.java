package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.Admission;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * A player's question for a playlist that is not there yet (low-latency HLS, "blocking playlist reload"): the backend holds
 * it back until it is. It is charged while it is held, and costs nothing once it has been; one that is answered at once is
 * a request like any other, so that the parameter by itself buys nothing.
 */
public final class HeldReload {

    /** A part of a stream is at least about as long; what is asked for in time is held for most of one. */
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final String ATTRIBUTE = HeldReload.class.getName();

    private final long begunNanos = System.nanoTime();

    private HeldReload() {}

    /** Whether the answer to this exchange may take as long as it likes. */
    public static boolean isIn(ServerWebExchange exchange) {
        return exchange.getAttributes().containsKey(ATTRIBUTE);
    }

    /** Follows the exchange, if that is what it asks for. */
    static void follow(ServerWebExchange exchange) {
        if (asksToWait(exchange.getRequest().getURI().getRawQuery())) {
            HeldReload reload = new HeldReload();
            exchange.getAttributes().put(ATTRIBUTE, reload);
            exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> reload.answered(exchange)));
        }
    }

    private static boolean asksToWait(@Nullable String query) {
        return query != null && (query.startsWith("_HLS_msn=") || query.contains("&_HLS_msn="));
    }

    private void answered(ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        if (status != null && status.is2xxSuccessful() && System.nanoTime() - begunNanos >= HELD_NANOS) {
            Admission.of(exchange).ifPresent(Admission::giveBackTokens);
        }
    }
}
