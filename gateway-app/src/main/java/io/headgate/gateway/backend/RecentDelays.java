package io.headgate.gateway.backend;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * How long the latest answers of a backend took to begin: their 95th percentile, by the last two hundred that were complete.
 *
 * <p>Thread-safe.
 */
final class RecentDelays {

    private static final int SAMPLES = 200;
    private static final int P95 = SAMPLES * 95 / 100;

    private final long[] nanos = new long[SAMPLES];
    private int next;
    private volatile Optional<Duration> p95 = Optional.empty();

    synchronized void add(long tookNanos) {
        nanos[next++] = tookNanos;
        if (next == SAMPLES) {
            next = 0;
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            p95 = Optional.of(Duration.ofNanos(sorted[P95 - 1]));
        }
    }

    /** Empty until there have been enough answers. */
    Optional<Duration> p95() {
        return p95;
    }
}
