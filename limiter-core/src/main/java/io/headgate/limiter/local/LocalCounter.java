package io.headgate.limiter.local;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One counter in this process's memory. Not thread-safe: the store that owns it calls it under its lock. The clock may
 * step back, which grants nothing.
 */
public interface LocalCounter {

    /**
     * A charge that was consumed.
     *
     * @param atMicros what a refund names it by, 0 if nothing was taken
     * @param delayMicros how long it has to be held back
     */
    record Taken(long atMicros, long delayMicros) {}

    /**
     * The counter that goes on from here under {@code quota}, with the share of it used that has been used so far; this
     * one, which is not changed by that, or another. {@code null} if a fresh one has to take its place.
     */
    @Nullable
    LocalCounter under(Quota quota, long nowMicros);

    /** What is left now, and when the charge would fit. */
    Usage usage(long nowMicros, Charge charge);

    /** Whether the charge fits now. */
    default boolean fits(long nowMicros, Charge charge) {
        return usage(nowMicros, charge).waitMicros() == 0;
    }

    /** Consumes the charge; only called when it fits now. */
    Taken charge(long nowMicros, Charge charge);

    /** Takes notice that a call was refused, by this limit or by another one of it; then what is left. */
    default Usage refuse(long nowMicros, Charge charge) {
        return usage(nowMicros, charge);
    }

    /** Gives back a charge that was named {@code atMicros}, as far as it has not drained since. */
    void refund(long atMicros, Charge charge);

    /**
     * Replaces what a charge that was named {@code atMicros} took by {@code actual}: up as far as it is there, down as far
     * as it has not drained since.
     */
    void settle(long nowMicros, long atMicros, Charge charge, long actual);

    /** Microseconds until this counter is worth no more than a new one. */
    long idleAfterMicros(long nowMicros);
}
