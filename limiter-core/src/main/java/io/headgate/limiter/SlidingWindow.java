package io.headgate.limiter;

import java.time.Duration;

/**
 * At most {@code limit} tokens in <em>every</em> interval of length {@code window}, wherever it begins.
 *
 * @param limit tokens per window, 1 to {@link Quota#MAX_COUNT}
 * @param window length of the window, whole microseconds up to {@link Quota#MAX_PERIOD}
 */
public record SlidingWindow(long limit, Duration window) implements Quota {

    /** @throws IllegalArgumentException if a component is out of its range */
    public SlidingWindow {
        Quota.count("limit", limit);
        Quota.micros("window", window);
    }

    @Override
    public long capacity() {
        return limit;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }
}
