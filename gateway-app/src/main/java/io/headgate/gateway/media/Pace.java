package io.headgate.gateway.media;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * Lets so many bytes a second pass. What is read in one piece passes in one piece, and what comes behind it waits for as
 * long as the piece should have taken, once that is worth a timer; time in which nothing came is not made up for.
 */
final class Pace implements Brake {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** A timer costs more than the pieces that are read in this time; the waits of several add up to one. */
    private static final Duration SHORTEST = Duration.ofMillis(4);

    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private long free;

    Pace(long bytesPerSecond, LongSupplier nanoTime) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.free = nanoTime.getAsLong();
    }

    @Override
    public Mono<Void> release(int bytes) {
        Duration wait = book(bytes);
        return wait.compareTo(SHORTEST) < 0 ? Mono.empty() : Mono.delay(wait).then();
    }

    /** Takes the next stretch of time for these bytes, and says how long it is until it begins. */
    Duration book(int bytes) {
        long now = nanoTime.getAsLong();
        long begin = free - now > 0 ? free : now;
        free = begin + Math.multiplyExact(bytes, NANOS_PER_SECOND) / bytesPerSecond;
        return Duration.ofNanos(begin - now);
    }
}
