package io.headgate.load.acceptance;

import java.io.IOException;
import java.nio.file.Path;

/** Three gateways in front of two backends that have any trouble they are told to have. */
record SickService(SickBackend feed, SickBackend playback, ThreeGateways gateways) implements AutoCloseable {

    /** Of a caller whom the gateways know. */
    static final String KEY = "fleet-user-1";

    /** Starts it with the policy {@code faults.yaml}, and waits until it is ready. */
    static SickService start(Path folder) throws Exception {
        SickBackend feed = new SickBackend();
        SickBackend playback = new SickBackend();
        try {
            return new SickService(
                    feed,
                    playback,
                    ThreeGateways.start(
                            folder,
                            "faults.yaml",
                            new ThreeGateways.Backends(feed.port(), feed.port(), playback.port())));
        } catch (Exception | AssertionError e) {
            feed.close();
            playback.close();
            throw e;
        }
    }

    /** Makes it well, and waits until every gateway has noticed and turns nobody away from the feed any more. */
    void recover() throws Exception {
        feed.now(SickBackend.Mode.WELL);
        playback.now(SickBackend.Mode.WELL);
        for (GatewayNode gateway : gateways.nodes()) {
            // One that looks whether the backend is back answers a few, and turns the others away.
            ThreeGateways.until(() ->
                    gateways.get(gateway, "/api/feed/x", KEY).statusCode() == 200 && feedBreakerIs("closed", gateway));
        }
    }

    /** Whether this is the state of a gateway's breaker of the feed. */
    static boolean feedBreakerIs(String state, GatewayNode gateway) throws Exception {
        return gateway.metric("resilience4j_circuitbreaker_state", "name=\"feed\"", "state=\"" + state + "\"") == 1;
    }

    @Override
    public void close() throws IOException {
        gateways.close();
        feed.close();
        playback.close();
    }
}
