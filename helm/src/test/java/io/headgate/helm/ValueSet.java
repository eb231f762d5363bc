package io.headgate.helm;

import java.nio.file.Path;
import java.util.Locale;

/** The value sets that stand in the chart's {@code ci} folder. */
enum ValueSet {
    /** The least that runs, on embedded Hazelcast. */
    HAZELCAST,
    /** One external Redis with a password. */
    REDIS,
    /** Everything that can be switched on, on Redis behind Sentinel. */
    PRODUCTION;

    Path file() {
        return Chart.FOLDER.resolve("ci").resolve(name().toLowerCase(Locale.ROOT) + "-values.yaml");
    }

    Manifests render() {
        return Chart.render(file());
    }
}
