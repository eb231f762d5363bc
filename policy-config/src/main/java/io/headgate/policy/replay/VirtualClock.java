package io.headgate.policy.replay;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** A clock that stands still until it is moved, and never goes back. Not thread-safe. */
public final class VirtualClock implements InstantSource {

    private long micros;

    /** A clock that shows {@code start}, in whole microseconds. */
    public VirtualClock(Instant start) {
        micros = micros(start);
    }

    /** Microseconds from 1970 to {@code instant}, rounded down. */
    public static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** Moves on to a moment; stays where it is if that has passed already. */
    public void advanceTo(long epochMicros) {
        micros = Math.max(micros, epochMicros);
    }

    /** Microseconds since 1970. */
    public long micros() {
        return micros;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
