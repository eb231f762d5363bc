package io.headgate.gateway.netty;

import io.headgate.gateway.netty.RequestFraming.Phase;
import java.time.Duration;

/**
 * Says of one connection, looked at now and then, whether its client keeps it waiting: with a request that it does not
 * finish the head of, or with an answer that it does not read. Looking costs nothing while requests come and go.
 */
final class ClientPace {

    /** What there is to say. */
    enum Verdict {
        /** Nothing. */
        FINE,
        /** The head of a request does not come, or the end of one that is answered already. */
        SLOW_REQUEST,
        /** What was written is not read. */
        STALLED
    }

    private final long headNanos;
    private final long stallNanos;

    /** The number of the request whose head is awaited; 0 while none is, since the first is 1. */
    private long awaited = 1;

    private long awaitedSince;
    private long pending;
    private long written;
    private long stalledSince;

    /**
     * A connection that begins, and owes its first request.
     *
     * @param head longest that the head of a request may take
     * @param stall longest that a client may read nothing of what is there for it
     */
    ClientPace(Duration head, Duration stall, long nowNanos) {
        this.headNanos = head.toNanos();
        this.stallNanos = stall.toNanos();
        this.awaitedSince = nowNanos;
    }

    /**
     * Looks.
     *
     * @param phase where in a request the client is
     * @param requests how many it has begun
     * @param answered whether all of them have been answered
     * @param pendingBytes what is written and has not left yet
     * @param writtenBytes how much of the oldest part of that has left
     */
    Verdict look(Phase phase, long requests, boolean answered, long pendingBytes, long writtenBytes, long nowNanos) {
        if (pendingBytes == 0 || pendingBytes != pending || writtenBytes != written) {
            pending = pendingBytes;
            written = writtenBytes;
            stalledSince = nowNanos;
        } else if (nowNanos - stalledSince >= stallNanos) {
            return Verdict.STALLED;
        }
        boolean waits = switch (phase) {
            case HEAD -> true;
            case BETWEEN -> requests == 0;
            // Nobody reads the rest of a request that is answered already; it only stands before the next one.
            case BODY -> answered;
            case OTHER_PROTOCOL -> false;
        };
        long awaitedNow = waits ? Math.max(requests, 1) : 0;
        if (awaitedNow != awaited) {
            awaited = awaitedNow;
            awaitedSince = nowNanos;
        }
        return awaited != 0 && nowNanos - awaitedSince >= headNanos ? Verdict.SLOW_REQUEST : Verdict.FINE;
    }
}
