package io.headgate.gateway.backend;

import io.headgate.gateway.netty.NettyRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Whether and when a request that failed may be sent again without doing harm. */
final class Retry {

    /** How often one request may be sent again. */
    static final int MOST = 2;

    private static final Duration FIRST_WAIT = Duration.ofMillis(25);

    /** Sending one of these twice means no more than sending it once (RFC 9110 §9.2.2). */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private Retry() {}

    /**
     * Whether it does no harm. What the backend has not seen may be sent again, unless its body is gone. What it may have
     * seen, only if it is idempotent and has no body. What took too long already, never: the client has waited enough.
     *
     * @param bodyTouched whether reading the body has begun
     */
    static boolean harmless(Failure failure, ServerHttpRequest request, boolean bodyTouched) {
        return switch (failure) {
            case UNREACHED, STALE_CONNECTION -> !bodyTouched || !NettyRequest.hasBody(request);
            case BROKEN, UNAVAILABLE -> IDEMPOTENT.contains(request.getMethod()) && !NettyRequest.hasBody(request);
            case BREAKER_OPEN, SHED, TIMED_OUT, ANSWERED_5XX, CLIENT_GONE -> false;
        };
    }

    /** Whether sending it twice at the same time does no harm, and one answer is as good as the other. */
    static boolean mayBeHedged(ServerHttpRequest request) {
        String accepted = request.getHeaders().getFirst(HttpHeaders.ACCEPT);
        boolean stream = request.getHeaders().containsHeader(HttpHeaders.UPGRADE)
                || (accepted != null && accepted.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE));
        return READS.contains(request.getMethod()) && !stream && !NettyRequest.hasBody(request);
    }

    /**
     * Exponential backoff with full jitter: any time up to the bound, so that what failed together does not come back
     * together (Brooker, <i>Exponential Backoff and Jitter</i>, 2015).
     *
     * @param retries how often it has been sent again before
     */
    static Duration wait(int retries) {
        long bound = FIRST_WAIT.toNanos() << retries;
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound));
    }
}
