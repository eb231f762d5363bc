package io.headgate.gateway.netty;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code edge.connections} that are open, and {@code edge.connections.cut}: those that the gateway ended, and why. */
final class ConnectionMeters {

    private final Counter tooMany;
    private final Counter tooManyOfClient;
    private final Counter slowRequest;
    private final Counter stalled;
    private final Counter noProxyHeader;

    ConnectionMeters(MeterRegistry registry, OpenConnections connections) {
        Gauge.builder("edge.connections", connections, OpenConnections::count)
                .description("Open connections of clients")
                .register(registry);
        tooMany = counter("too_many", registry);
        tooManyOfClient = counter("too_many_of_client", registry);
        slowRequest = counter("slow_request", registry);
        stalled = counter("stalled", registry);
        noProxyHeader = counter("no_proxy_header", registry);
    }

    private static Counter counter(String reason, MeterRegistry registry) {
        return Counter.builder("edge.connections.cut")
                .description("Connections that the gateway ended before the client did")
                .tag("reason", reason)
                .register(registry);
    }

    void tooMany() {
        tooMany.increment();
    }

    void tooManyOfClient() {
        tooManyOfClient.increment();
    }

    void slowRequest() {
        slowRequest.increment();
    }

    void stalled() {
        stalled.increment();
    }

    void noProxyHeader() {
        noProxyHeader.increment();
    }
}
