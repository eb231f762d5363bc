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
        lost = Counter.builder("uploads.unnoted")
                .description("Times that what is held for an upload could not be written down")
                .register(registry);
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
