package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a client may take its time for, and how much it may bring. Times here are the least that pass before something
 * happens; nothing depends on how soon it does.
 */
@Timeout(120)
class CeilingsTest {

    private static final int CONNECTIONS = 300;

    @TempDir
    static Path folder;

    private static RecordedGateway recorded;
    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static ServerSocket endless;

    @BeforeAll
    static void start() throws IOException {
        endless = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        recorded = RecordedGateway.start(
                folder,
                "--headgate.edge.head-timeout=5s",
                "--headgate.edge.stall-timeout=3s",
                "--headgate.edge.max-body-size=1KB",
                "--headgate.edge.max-connections=" + CONNECTIONS,
                "--headgate.backends.playback.uri=http://127.0.0.1:" + endless.getLocalPort());
        backend = recorded.backend();
        gateway = recorded.gateway();
    }

    @AfterAll
    static void stop() throws IOException {
        recorded.close();
        endless.close();
    }

    @Test
    void slowClientsAreCutAndTheInnocentAreServed() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            slow.add(sending(""));
            slow.add(sending("GET /api/feed/slow HTTP/1.1\r\nHost: localhost\r\nX-"));
            slow.add(sending("GET /api/feed/first HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/feed/slow HTTP/1.1\r\n"));
            slow.add(sending("TRACE /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nslow"));
            slow.add(sending("PATCH /files/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nslow"));
        }
        for (int i = 0; i < 20; i++) {
            innocent();
        }
        List<String> answers = new ArrayList<>();
        for (Socket socket : slow) {
            answers.add(RawHttp.readToEnd(socket));
            socket.close();
        }
        innocent();
        for (int i = 0; i < slow.size(); i += 5) {
            assertThat(answers.get(i)).isEmpty();
            assertThat(answers.get(i + 1)).startsWith("HTTP/1.1 408 ").contains("application/problem+json");
            assertThat(answers.get(i + 2)).startsWith("HTTP/1.1 200 ").containsOnlyOnce("HTTP/1.1 408 ");
            assertThat(answers.get(i + 3)).startsWith("HTTP/1.1 405 ").doesNotContain("HTTP/1.1 408 ");
            assertThat(answers.get(i + 4))
                    .startsWith("HTTP/1.1 408 ")
                    .containsIgnoringCase("connection: close")
                    .contains("The request body did not come in time.");
        }
        for (RecordingBackend.Arrival arrival : backend.arrivalsWith("/files/slow")) {
            assertThat(arrival.isWhole()).isFalse();
        }
        assertThat(backend.arrivalsWith("/api/feed/slow")).isEmpty();
    }

    /** A request that is served however many others are slow. */
    private static void innocent() throws IOException {
        assertThat(RawHttp.get(gateway.port(), "/api/feed/innocent")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void anAnswerThatNobodyReadsIsGivenUp() throws Exception {
        try (Socket reader = new Socket()) {
            reader.setReceiveBufferSize(4096);
            reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
            RawHttp.write(reader, "GET /play/endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
            try (Socket served = endless.accept()) {
                readHead(served);
                RawHttp.write(served, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
                assertThat(isCutOff(served, chunk)).isTrue();
            }
        }
        assertThat(cut("stalled")).isEqualTo(1);
    }

    private static void readHead(Socket socket) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String line = lines.readLine();
        while (line != null && !line.isEmpty()) {
            line = lines.readLine();
        }
    }

    /** Writes without end; returns when the other side has hung up. */
    private static boolean isCutOff(Socket socket, String chunk) throws IOException {
        try {
            while (true) {
                RawHttp.write(socket, chunk);
            }
        } catch (SocketException hungUp) {
            return true;
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedByWhatItSays() throws IOException {
        assertThat(post("Content-Length: 1025", "x".repeat(1025)))
                .startsWith("HTTP/1.1 413 ")
                .contains("application/problem+json")
                .contains("larger than the 1024 bytes that are taken");
        assertThat(backend.arrivalsWith("/api/feed/large")).isEmpty();
        assertThat(post("Content-Length: 1024", "x".repeat(1024))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedByWhatItBrings() throws Exception {
        String chunk = "100\r\n" + "y".repeat(256) + "\r\n";
        assertThat(post("Transfer-Encoding: chunked", chunk.repeat(5) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .containsIgnoringCase("connection: close");
        for (RecordingBackend.Arrival arrival : backend.arrivalsWith("yyyy")) {
            assertThat(arrival.isWhole()).isFalse();
        }
        assertThat(post("Transfer-Encoding: chunked", chunk.repeat(4) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void anUploadMayBeOfAnySize() throws IOException {
        try (Socket socket = sending("PATCH /files/9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Length: 100000\r\n\r\n" + "z".repeat(100_000))) {
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 200 ");
        }
    }

    private static String post(String framing, String body) throws IOException {
        try (Socket socket = sending("POST /api/feed/large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + framing + "\r\n\r\n" + body)) {
            return RawHttp.readToEnd(socket);
        }
    }

    @Test
    void aConnectionTooManyIsHungUpOnUntilAnotherOneEnds() throws Exception {
        double before = cut("too_many");
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(RawHttp.connect(gateway.port()));
        }
        while (cut("too_many") == before) {
            assertThat(sockets.size()).isLessThan(2 * CONNECTIONS);
            sockets.add(RawHttp.connect(gateway.port()));
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        while (meter("edge_connections{application=\"headgate\"} ") > 0) {
            Thread.sleep(20);
        }
        innocent();
    }

    private static Socket sending(String text) throws IOException {
        Socket socket = RawHttp.connect(gateway.port());
        RawHttp.write(socket, text);
        return socket;
    }

    /** How many connections the gateway has cut for this reason. */
    private static double cut(String reason) {
        return meter("edge_connections_cut_total{application=\"headgate\",reason=\"" + reason + "\"} ");
    }

    private static double meter(String mark) {
        return Answer.to(gateway.managed("/actuator/prometheus"))
                .body()
                .lines()
                .filter(line -> line.startsWith(mark))
                .mapToDouble(line -> Double.parseDouble(line.substring(mark.length())))
                .findFirst()
                .orElseThrow();
    }
}
