package io.headgate.gateway.config;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the public port puts up with, under {@code headgate.edge.}.
 *
 * @param hosts host names, with a port where it is not the scheme's own, that requests may ask for; any if none is named
 * @param maxHeadSize largest request line, and largest header section
 * @param maxHeaders most header fields of one request
 * @param maxStreams most requests under way on one HTTP/2 connection
 */
public record EdgeSettings(
        @DefaultValue List<String> hosts,
        @DefaultValue("8KB") DataSize maxHeadSize,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("100") int maxStreams) {

    public EdgeSettings {
        positive("max-head-size", maxHeadSize.toBytes());
        positive("max-headers", maxHeaders);
        positive("max-streams", maxStreams);
    }

    private static void positive(String name, long value) {
        if (value <= 0 || value > Integer.MAX_VALUE) {
            throw new SettingRejected("headgate.edge." + name, value, "> 0 and below 2 GiB");
        }
    }
}
