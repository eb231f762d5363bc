package io.headgate.load.acceptance;

import java.io.IOException;
import java.nio.file.Path;

/** Three gateways in front of two backends that have any trouble they are told to have. */
record SickService(SickBackend feed, SickBackend playback, ThreeGateways gateways) implements AutoCloseable {

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

    @Override
    public void close() throws IOException {
        gateways.close();
        feed.close();
        playback.close();
    }
}
