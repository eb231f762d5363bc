package io.headgate.gateway.config;

import java.time.Duration;
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
 * @param maxBodySize largest request body, by the bytes that come, anywhere but under {@code /files}
 * @param minBodyRate bytes a second below which a request body is not waited for; 0 to wait for any
 * @param headTimeout longest that the head of a request may take, from its first byte or the connection's beginning
 * @param idleTimeout longest that a connection without a request is kept
 * @param stallTimeout longest that a client may read nothing of an answer that is there for it
 * @param maxConnections most connections open
 * @param maxConnectionsPerClient most of them by one client network, unless it is a trusted proxy
 * @param proxyProtocol whether the connections of trusted proxies begin with a header of the PROXY protocol
 */
public record EdgeSettings(
        @DefaultValue List<String> hosts,
        @DefaultValue("8KB") DataSize maxHeadSize,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("100") int maxStreams,
        @DefaultValue("10MB") DataSize maxBodySize,
        @DefaultValue("1KB") DataSize minBodyRate,
        @DefaultValue("10s") Duration headTimeout,
        @DefaultValue("75s") Duration idleTimeout,
        @DefaultValue("30s") Duration stallTimeout,
        @DefaultValue("10000") int maxConnections,
        @DefaultValue("5000") int maxConnectionsPerClient,
        @DefaultValue("false") boolean proxyProtocol) {

    public EdgeSettings {
        positive("max-head-size", maxHeadSize.toBytes());
        positive("max-headers", maxHeaders);
        positive("max-streams", maxStreams);
        positive("max-body-size", maxBodySize.toBytes());
        if (minBodyRate.isNegative()) {
            throw new SettingRejected("headgate.edge.min-body-rate", minBodyRate, "0B or more a second");
        }
        positive("head-timeout", headTimeout);
        positive("idle-timeout", idleTimeout);
        positive("stall-timeout", stallTimeout);
        positive("max-connections", maxConnections);
        positive("max-connections-per-client", maxConnectionsPerClient);
    }

    private static void positive(String name, long value) {
        if (value <= 0 || value > Integer.MAX_VALUE) {
            throw new SettingRejected("headgate.edge." + name, value, "> 0 and below 2 GiB");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new SettingRejected("headgate.edge." + name, value, "a duration such as 10s");
        }
    }
}
