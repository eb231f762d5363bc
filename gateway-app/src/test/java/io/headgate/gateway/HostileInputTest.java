package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The corpus of hostile inputs: what each is answered, what the backend has of it, and that the gateway serves the next
 * client as if nothing had been.
 */
class HostileInputTest {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    private static final String[] CONTROL = {
        "POST /api/feed/control HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 0"
    };

    @TempDir
    static Path folder;

    private static RecordedGateway recorded;
    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        recorded = RecordedGateway.start(folder, "--headgate.edge.hosts=localhost,api.example.com,[::1]");
        backend = recorded.backend();
        gateway = recorded.gateway();
    }

    @AfterAll
    static void stop() throws IOException {
        recorded.close();
    }

    @TestFactory
    Stream<DynamicTest> framing() throws IOException {
        return inputs("/hostile/framing.txt");
    }

    @TestFactory
    Stream<DynamicTest> targets() throws IOException {
        return inputs("/hostile/targets.txt");
    }

    private static Stream<DynamicTest> inputs(String resource) throws IOException {
        return HostileInput.read(resource).stream()
                .map(input -> DynamicTest.dynamicTest(input.name(), () -> judge(input)));
    }

    private static void judge(HostileInput input) throws Exception {
        backend.arrivals();
        String answer = send(input);
        assertThat(statuses(answer)).as(answer).isEqualTo(input.statuses());
        assertThat(RawHttp.send(gateway.port(), CONTROL)).startsWith("HTTP/1.1 200 ");
        List<RecordingBackend.Arrival> arrivals = new ArrayList<>(backend.arrivals());
        assertThat(arrivals.removeIf(arrival -> arrival.text().startsWith("POST /api/feed/control HTTP/1.1\r\n")))
                .as("the control request arrives as it was sent")
                .isTrue();
        if (input.backend() != HostileInput.Backend.UNFINISHED) {
            // What an earlier input broke off in the middle may arrive as late as now.
            for (RecordingBackend.Arrival arrival : List.copyOf(arrivals)) {
                if (!arrival.isWhole() && arrival.text().contains("/api/feed/unfinished")) {
                    arrivals.remove(arrival);
                }
            }
        }
        switch (input.backend()) {
            case NOTHING ->
                assertThat(arrivals).extracting(RecordingBackend.Arrival::text).isEmpty();
            case UNFINISHED -> {
                for (RecordingBackend.Arrival arrival : arrivals) {
                    assertThat(arrival.isWhole()).as(arrival.text()).isFalse();
                }
            }
            case PART -> {
                assertThat(arrivals).hasSize(1);
                assertThat(arrivals.get(0).isWhole()).as(arrivals.get(0).text()).isFalse();
            }
            case WHOLE -> {
                assertThat(arrivals).hasSize((int) input.statuses().stream()
                        .filter(status -> status == 200)
                        .count());
                for (RecordingBackend.Arrival arrival : arrivals) {
                    assertThat(arrival.isWhole()).as(arrival.text()).isTrue();
                    assertThat(arrival.text()).doesNotContain("smuggled");
                }
            }
        }
    }

    /** Sends the pieces and reads until the gateway hangs up. */
    private static String send(HostileInput input) throws IOException, InterruptedException {
        try (Socket socket = RawHttp.connect(gateway.port())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < input.segments().size(); i++) {
                if (i > 0) {
                    awaitHandled(input);
                }
                out.write(input.segments().get(i));
            }
            return RawHttp.readToEnd(socket);
        }
    }

    /** Where the backend has to have a part, it has the first chunk; elsewhere there is nothing to wait for. */
    private static void awaitHandled(HostileInput input) throws InterruptedException {
        if (input.backend() == HostileInput.Backend.PART) {
            backend.arrivalWith("hello");
        } else {
            // Time to be handled on its own; if that is not enough, the test proves less, but nothing wrong.
            Thread.sleep(100);
        }
    }

    private static List<Integer> statuses(String answer) {
        List<Integer> statuses = new ArrayList<>();
        Matcher status = STATUS.matcher(answer);
        while (status.find()) {
            statuses.add(Integer.valueOf(status.group(1)));
        }
        return statuses;
    }
}
