package io.headgate.gateway.media;

import io.headgate.gateway.telemetry.RecurringLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators see of uploads. */
final class UploadMeters {

    private static final Logger log = LoggerFactory.getLogger(UploadMeters.class);

    private final RecurringLog pacing = new RecurringLog(log, "Uploads are slowed down to the pace of their route");
    private final RecurringLog holding =
            new RecurringLog(log, "Uploads are slowed down to what is left of their limits");
    private final RecurringLog givingBack =
            new RecurringLog(log, "Uploads that ended are given back the bytes they had reserved and did not bring");
    private final RecurringLog losing =
            new RecurringLog(log, "The store does not take down what is held for uploads: it stays charged");
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
        return new CountedBrake(brake, paced, pacing);
    }

    /** The brake of limits that have too little left, with its waits counted. */
    Brake heldByLimits(Brake brake) {
        return new CountedBrake(brake, heldByLimits, holding);
    }

    void ended(UploadEnd how) {
        Counter counter = ends.get(how);
        if (counter != null) {
            counter.increment();
        }
    }

    void gaveBack(long bytes) {
        givenBack.increment((double) bytes);
        givingBack.happened();
    }

    void lost() {
        lost.increment();
        losing.happened();
    }
}
