package io.headgate.gateway.media;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What operators see of playbacks beyond their limits. */
final class PlaybackMeters {

    private final Counter reduced;
    private final Counter ended;

    PlaybackMeters(MeterRegistry registry) {
        reduced = Counter.builder("playbacks.reduced")
                .description("Requests of playbacks beyond their limit that got the lowest renditions")
                .register(registry);
        ended = Counter.builder("playbacks.ended")
                .description("Playbacks that ended for one that began later")
                .register(registry);
    }

    void reduced() {
        reduced.increment();
    }

    void ended() {
        ended.increment();
    }
}
