package io.headgate.load.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoTest {

    @ParameterizedTest
    @CsvSource({"0, the gateway, server", "3, the feed backend, feed"})
    void aTakenPortIsNamedWithTheWayOut(int taken, String whose, String option) throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            List<String> options = new ArrayList<>(RunningDemo.freePorts());
            options.set(taken, "--" + option + ".port=" + socket.getLocalPort());
            try (RunningDemo demo = RunningDemo.start(options)) {
                assertThat(demo.outputUntil("demo:"))
                        .contains("demo: port " + socket.getLocalPort() + " is taken, and " + whose
                                + " needs it: stop what listens there, or choose another with --" + option
                                + ".port=<port>");
                assertThat(demo.exitCode()).isEqualTo(1);
            }
        }
    }

    @Test
    void anOptionThatDoesNotExistIsNamed() throws Exception {
        try (RunningDemo demo = RunningDemo.start(List.of("--port=1"))) {
            assertThat(demo.outputUntil("demo:")).contains("demo: --port: no such option");
            assertThat(demo.exitCode()).isEqualTo(2);
        }
    }
}
