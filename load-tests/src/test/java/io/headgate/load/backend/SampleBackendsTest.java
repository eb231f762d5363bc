package io.headgate.load.backend;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.load.PortTaken;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleBackendsTest {

    @Test
    void aTakenPortIsNamedWithItsBackendAndTheWayOut(@TempDir Path folder) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> SampleBackends.start(new BackendOptions("127.0.0.1", 0, port, 0, folder)))
                    .isInstanceOf(PortTaken.class)
                    .hasMessage("port " + port + " is taken, and the feed backend needs it: stop what listens there,"
                            + " or choose another with --feed.port=<port>");
        }
    }
}
