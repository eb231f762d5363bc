package io.headgate.gateway.media;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A brake that says how long it has held bytes back.
 *
 * @param seconds counts the time
 */
record CountedBrake(Brake brake, Counter seconds) implements Brake {

    private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    @Override
    public Mono<Void> release(int bytes) {
        return Mono.defer(() -> {
            long begin = System.nanoTime();
            return brake.release(bytes)
                    .doOnSuccess(done -> seconds.increment((System.nanoTime() - begin) / NANOS_PER_SECOND));
        });
    }
}
