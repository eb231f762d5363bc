package io.headgate.gateway.media;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What operators see of uploads. */
final class UploadMeters {

    private final Map<UploadEnd, Counter> ends = new EnumMap<>(UploadEnd.class);
    private final Counter givenBack;
    private final Counter lost;
    private final Counter paced;
    private final Counter heldByLimits;

    UploadMeters(MeterRegistry registry) {
        for (UploadEnd end : UploadEnd.values()) {
            ends.put(
                    end,
                    Counter.builder("uploads.ended")
                            .description("Uploads for which something was held, by how they ended")
                            .tag("how", end.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        givenBack = Counter.builder("uploads.given.back")
                .baseUnit("bytes")
                .description("Bytes that uploads had reserved and did not bring")
                .register(registry);
        paced = heldBack("pace", registry);
        heldByLimits = heldBack("limit", registry);
        lost = Counter.builder("uploads.unnoted")
                .description("Times that what is held for an upload could not be written down")
                .register(registry);
    }

    private static Counter heldBack(String by, MeterRegistry registry) {
        return Counter.builder("uploads.held.back")
                .baseUnit("seconds")
                .description("Time for which pieces of uploads have waited to be read on")
                .tag("by", by)
                .register(registry);
    }

    /** The brake of a route's pace, with its waits counted. */
    Brake paced(Brake brake) {
        return new CountedBrake(brake, paced);
    }

    /** The brake of limits that have too little left, with its waits counted. */
    Brake heldByLimits(Brake brake) {
        return new CountedBrake(brake, heldByLimits);
    }

    void ended(UploadEnd how) {
        Counter counter = ends.get(how);
        if (counter != null) {
            counter.increment();
        }
    }

    void gaveBack(long bytes) {
        givenBack.increment((double) bytes);
    }

    void lost() {
        lost.increment();
    }
}
