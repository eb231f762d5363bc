package io.headgate.gateway.backend;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Passive outlier detection for one instance: after some failures in a row it is ejected for a while, and for longer each
 * time that it comes back no better. A success after its return makes it as good as new.
 *
 * <p>Thread-safe.
 */
final class Outlier {

    /** Failures in a row that eject. */
    static final int FAILURES = 5;

    static final Duration FIRST_EJECTION = Duration.ofSeconds(5);
    static final Duration LONGEST_EJECTION = Duration.ofMinutes(2);

    private final LongSupplier nanoTime;
    private int failures;
    private int ejections;
    private volatile boolean ejected;
    private volatile long returnNanos;

    /** @param nanoTime a clock that never runs backwards */
    Outlier(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether it is to be left alone for now. */
    boolean ejected() {
        return ejected && nanoTime.getAsLong() - returnNanos < 0;
    }

    /**
     * A call succeeded.
     *
     * @return whether it was ejected before
     */
    synchronized boolean succeeded() {
        failures = 0;
        if (!ejected) {
            return false;
        }
        ejected = false;
        ejections = 0;
        return true;
    }

    /**
     * A call failed.
     *
     * @return how long it is ejected from now on; zero if it is not
     */
    synchronized Duration failed() {
        failures++;
        // Back from an ejection, one more failure is enough.
        if (ejected() || (failures < FAILURES && !ejected)) {
            return Duration.ZERO;
        }
        Duration time = FIRST_EJECTION.multipliedBy(1L << Math.min(ejections, 10));
        Duration bounded = time.compareTo(LONGEST_EJECTION) > 0 ? LONGEST_EJECTION : time;
        ejections++;
        returnNanos = nanoTime.getAsLong() + bounded.toNanos();
        ejected = true;
        return bounded;
    }
}
