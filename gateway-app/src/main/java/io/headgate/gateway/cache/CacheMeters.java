package io.headgate.gateway.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How many answers were given without the backend's help. */
final class CacheMeters {

    private final Map<Outcome, Counter> given = new EnumMap<>(Outcome.class);

    CacheMeters(String backend, MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            given.put(
                    outcome,
                    Counter.builder("cache.answers")
                            .description("Answers that were not made for their request")
                            .tag("backend", backend)
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void given(Outcome outcome) {
        Counter counter = given.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }
}
