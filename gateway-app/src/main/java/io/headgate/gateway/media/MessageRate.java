package io.headgate.gateway.media;

import io.headgate.limiter.TokenBucket;
import java.util.function.LongSupplier;

/**
 * How many messages one connection may bring: a token bucket of its own, kept as the moment at which it would be full again
 * (the generic cell rate algorithm, ITU-T I.371). Not thread-safe: a connection's messages come one after the other.
 */
final class MessageRate {

    private final long nanosPerMessage;
    private final long tolerance;
    private final LongSupplier nanoTime;
    private long full;

    MessageRate(TokenBucket bucket, LongSupplier nanoTime) {
        this.nanosPerMessage = Math.max(1, bucket.period().toNanos() / bucket.refill());
        this.tolerance = Math.multiplyExact(nanosPerMessage, bucket.burst());
        this.nanoTime = nanoTime;
        this.full = nanoTime.getAsLong();
    }

    /** Whether one more fits; if so, it has been counted. */
    boolean allows() {
        long now = nanoTime.getAsLong();
        long begin = full - now > 0 ? full : now;
        if (begin + nanosPerMessage - now > tolerance) {
            return false;
        }
        full = begin + nanosPerMessage;
        return true;
    }
}
