package io.headgate.limiter.local;

import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;

/**
 * One counter in this process's memory. Not thread-safe: the store that owns it calls it under its lock. The clock may
 * step back, which grants nothing.
 */
public interface LocalCounter {

    /** Whether this counter can go on counting under {@code quota}; if not, a fresh one takes its place. */
    boolean accepts(Quota quota);

    /** Makes this counter enforce {@code quota} from now on, keeping what has been consumed. Only for one it accepts. */
    void adopt(Quota quota, long nowMicros);

    /** What is left now, and when {@code cost} tokens would fit. */
    Usage usage(long nowMicros, long cost);

    /** Consumes {@code cost} tokens; only called when they fit now. */
    void charge(long nowMicros, long cost);

    /** Gives back {@code cost} tokens consumed at {@code atMicros}, as far as they have not drained since. */
    void refund(long atMicros, long cost);

    /** Microseconds until this counter is worth no more than a new one. */
    long idleAfterMicros(long nowMicros);
}
