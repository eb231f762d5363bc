package io.headgate.gateway.media;

import io.headgate.gateway.telemetry.RecurringLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators see of playbacks beyond their limits. */
final class PlaybackMeters {

    private static final Logger log = LoggerFactory.getLogger(PlaybackMeters.class);

    private final RecurringLog reducing =
            new RecurringLog(log, "Playbacks beyond their limit are let in with the lowest renditions");
    private final RecurringLog ending = new RecurringLog(log, "Playbacks end for others that began later");
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
        reducing.happened();
    }

    void ended() {
        ended.increment();
        ending.happened();
    }
}
