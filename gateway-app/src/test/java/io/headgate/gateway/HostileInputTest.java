package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    private static final String CONTROL = RawHttp.request(
            "POST /api/feed/control HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 0");

    @TempDir
    static Path folder;

    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        backend = RecordingBackend.start();
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/hostile/policy.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.edge.hosts=localhost,api.example.com,[::1]",
                "--headgate.backends.feed.uri=" + backend.uri(),
                "--headgate.backends.upload.uri=" + backend.uri()));
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        backend.close();
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
        String answer = send(input.segments());
        assertThat(statuses(answer)).as(answer).isEqualTo(input.statuses());
        String control = send(List.of(CONTROL.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(control).startsWith("HTTP/1.1 200 ");
        List<RecordingBackend.Arrival> arrivals = new ArrayList<>(backend.arrivals());
        assertThat(arrivals.removeIf(arrival -> arrival.text().startsWith("POST /api/feed/control HTTP/1.1\r\n")))
                .as("the control request arrives as it was sent")
                .isTrue();
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
    private static String send(List<byte[]> segments) throws IOException, InterruptedException {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = RawHttp.connect(gateway.port())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            boolean first = true;
            for (byte[] segment : segments) {
                if (!first) {
                    // Long enough for the first piece to be handled on its own; if it is not, the test proves less.
                    Thread.sleep(100);
                }
                first = false;
                out.write(segment);
            }
            byte[] buffer = new byte[8192];
            int read = socket.getInputStream().read(buffer);
            while (read >= 0) {
                answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                read = socket.getInputStream().read(buffer);
            }
        } catch (SocketException reset) {
            // The gateway closes with bytes unread: what it said before that counts.
        }
        return answer.toString();
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
