package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DrainTest {

    private final StreamingBackend backend = StreamingBackend.start();

    @TempDir
    private Path folder;

    private RunningGateway start(String... settings) throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/breakers.yaml"));
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--spring.lifecycle.timeout-per-shutdown-phase=60s");
        all.add("--headgate.policy=" + policy);
        all.add("--headgate.store.type=memory");
        all.add("--headgate.backends.upload.uri=" + backend.uri());
        return RunningGateway.start(all);
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void anUploadUnderWayIsFinishedWhileNobodyIsLetInAnyMore() throws Exception {
        RunningGateway gateway = start();
        try (Socket upload = RawHttp.connect(gateway.port())) {
            RawHttp.write(upload, "PATCH /files/7 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            RawHttp.write(upload, "5\r\nfirst\r\n");
            assertThat(backend.received()).isEqualTo("first");

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close);
            awaitRefused(gateway.port());
            assertThat(Answer.to(gateway.managed("/actuator/health/readiness")).status())
                    .isEqualTo(503);
            assertThat(stopped).isNotDone();

            RawHttp.write(upload, "6\r\nsecond\r\n0\r\n\r\n");
            assertThat(backend.received()).isEqualTo("second");
            assertThat(rest(upload))
                    .startsWith("HTTP/1.1 204 No Content")
                    .containsIgnoringCase("\nconnection: close\n");
            stopped.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void anEventStreamEndsBetweenTwoEventsAndSaysWhenToComeBack() throws Exception {
        RunningGateway gateway = start();
        try (Socket stream = RawHttp.connect(gateway.port())) {
            RawHttp.write(stream, "GET /files/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            backend.send("one");
            assertThat(StreamingTest.event(lines(stream))).isEqualTo("data: one");

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close);
            assertThat(rest(stream)).containsPattern("\nretry: [1-4][0-9]{3}\n\n\n0\n$");
            stopped.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void connectionsThatAreMadeDuringTheNoticeAreServedAndClosed() throws Exception {
        RunningGateway gateway = start("--headgate.drain.notice=15s");
        Thread stopping = new Thread(gateway::close);
        stopping.start();
        while (Answer.to(gateway.managed("/actuator/health/readiness")).status() == 200) {
            Thread.sleep(20);
        }
        try (Socket late = RawHttp.connect(gateway.port())) {
            RawHttp.write(late, RawHttp.request("POST /files HTTP/1.1", "Host: localhost", "Content-Length: 0"));
            assertThat(rest(late)).startsWith("HTTP/1.1 201 Created").containsIgnoringCase("\nconnection: close\n");
        }
        stopping.join();
    }

    /** All there is to read until the gateway closes the connection. */
    private static String rest(Socket socket) throws IOException {
        return lines(socket).lines().collect(Collectors.joining("\n"));
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static void awaitRefused(int port) throws IOException {
        while (true) {
            try (Socket socket = RawHttp.connect(port)) {
                assertThat(socket.isConnected()).isTrue();
            } catch (ConnectException e) {
                return;
            } catch (SocketException e) {
                // Reset: the connection stood in line when the listener was closed. The next one is refused.
            }
        }
    }
}
