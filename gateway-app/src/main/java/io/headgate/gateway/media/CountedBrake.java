package io.headgate.gateway.media;

import io.headgate.gateway.telemetry.RecurringLog;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A brake that says how long it has held bytes back.
 *
 * @param seconds counts the time
 * @param waits hears of each wait
 */
record CountedBrake(Brake brake, Counter seconds, RecurringLog waits) implements Brake {

    private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    /** Less is the time of asking. */
    private static final long WAIT_NANOS = Duration.ofMillis(1).toNanos();

    @Override
    public Mono<Void> release(int bytes) {
        return Mono.defer(() -> {
            long begin = System.nanoTime();
            return brake.release(bytes).doOnSuccess(done -> {
                long nanos = System.nanoTime() - begin;
                seconds.increment(nanos / NANOS_PER_SECOND);
                if (nanos >= WAIT_NANOS) {
                    waits.happened();
                }
            });
        });
    }
}
