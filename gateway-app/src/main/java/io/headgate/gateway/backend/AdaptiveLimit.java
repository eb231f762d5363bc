package io.headgate.gateway.backend;

import java.time.Duration;

/**
 * How many requests a server works on best, found out from how long its answers take. Below its capacity latency does not
 * depend on the number of requests; above it they queue, and latency grows with the queue. After each window of samples
 *
 * <pre>
 *   gradient = tolerance · latency without a queue / latency now      within [½, 1]
 *   limit    ← halfway to  gradient · limit + √limit
 * </pre>
 *
 * so the limit stands still where latency is about twice that without a queue, and a server with {@code n} workers is
 * given about {@code 1.7 n} requests: always enough, and never many too many.
 *
 * <p>At the start the limit doubles instead, as long as latency stays where it was: a server that can do much is soon given
 * it, and one that can do little has not got a long queue before that is known.
 *
 * <p>The latency without a queue is learned while less than half of the limit is in use, and is the smallest seen while
 * more is. It grows by little at a time: a queue, too, begins to grow while less than half is in use. A server that has
 * become slower for good brings the limit down to its floor; there no queue is left that could be the reason, and its
 * latency is learned anew.
 *
 * <p>After the gradient limits of Netflix' <i>concurrency-limits</i> (2018) and Envoy's adaptive concurrency filter (2019).
 * Not thread-safe.
 */
final class AdaptiveLimit {

    static final int INITIAL = 100;
    static final int LEAST = 8;
    static final int MOST = 1_000;

    private static final double TOLERANCE = 1.7;
    private static final double SMOOTHING = 0.5;
    private static final double LEARNING = 0.1;
    private static final double SLOWER_AT_ONCE = 1.01;
    private static final double ROOM = 1.2;
    private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();
    private static final int WINDOW_SAMPLES = 10;

    private double limit = INITIAL;
    private boolean starting = true;
    private double unqueuedNanos;
    private long windowEnd;
    private long sumNanos;
    private int samples;
    private int mostInUse;

    /** Requests at the same time. */
    int requests() {
        return (int) limit;
    }

    /**
     * An answer began.
     *
     * @param nowNanos of a clock that never runs backwards
     * @param tookNanos how long after its request
     * @param inUseThen requests that were under way when it was sent, this one included
     * @param inUse requests that are under way now
     * @return whether the limit may have changed
     */
    boolean sample(long nowNanos, long tookNanos, int inUseThen, int inUse) {
        if (samples == 0) {
            windowEnd = nowNanos + WINDOW_NANOS;
        }
        samples++;
        sumNanos += tookNanos;
        mostInUse = Math.max(mostInUse, inUseThen);
        if (samples < WINDOW_SAMPLES || nowNanos - windowEnd < 0) {
            return false;
        }
        adapt((double) sumNanos / samples, inUse);
        samples = 0;
        sumNanos = 0;
        mostInUse = 0;
        return true;
    }

    private void adapt(double meanNanos, int inUse) {
        if (unqueuedNanos == 0) {
            unqueuedNanos = meanNanos;
        }
        if (mostInUse < limit / 2) {
            double learned = unqueuedNanos + LEARNING * (meanNanos - unqueuedNanos);
            unqueuedNanos = Math.min(learned, SLOWER_AT_ONCE * unqueuedNanos);
            return;
        }
        unqueuedNanos = Math.min(unqueuedNanos, meanNanos);
        double gradient = Math.max(0.5, Math.min(1, TOLERANCE * unqueuedNanos / meanNanos));
        starting = starting && gradient == 1;
        if (starting) {
            limit = Math.min(MOST, 2 * limit);
            return;
        }
        double next = gradient * limit + Math.sqrt(limit);
        // Not below what is still queued: that drains as long as the less important have to wait, and the others need
        // not.
        double least = Math.max(LEAST, Math.min(limit, ROOM * inUse));
        limit = Math.max(least, Math.min(MOST, limit + SMOOTHING * (next - limit)));
        if (limit == LEAST) {
            unqueuedNanos = meanNanos;
        }
    }
}
