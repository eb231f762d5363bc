package io.headgate.gateway.backend;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may be sent again: one for every twelve that came, and hardly any saved up, so that a backend in
 * trouble gets at most a tenth more than its load whenever one begins to count, and not a multiple of it.
 *
 * <p>Thread-safe.
 */
final class RetryBudget {

    /** Requests that pay for one retry. */
    static final int REQUESTS_PER_RETRY = 12;

    /** Retries that can be saved up. */
    static final int MOST_SAVED = 2;

    private final AtomicInteger saved = new AtomicInteger();

    /** A request came. */
    void earn() {
        // Full most of the time, and then nothing is written.
        if (saved.get() < MOST_SAVED * REQUESTS_PER_RETRY) {
            saved.updateAndGet(now -> Math.min(now + 1, MOST_SAVED * REQUESTS_PER_RETRY));
        }
    }

    /** Takes one retry, if there is one. */
    boolean spend() {
        int before = saved.getAndUpdate(now -> now < REQUESTS_PER_RETRY ? now : now - REQUESTS_PER_RETRY);
        return before >= REQUESTS_PER_RETRY;
    }
}
