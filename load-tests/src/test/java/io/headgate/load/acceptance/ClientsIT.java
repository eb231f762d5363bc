package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.load.Ports;
import io.headgate.load.backend.BackendOptions;
import io.headgate.load.backend.SampleBackends;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Clients that others wrote: tus-js-client, and hls.js, EventSource and WebSocket in a Chromium. They meet three gateways on
 * one Redis, behind a balancer. Needs Node and Chromium; {@code load-tests/clients/install} says what is missing.
 */
@Tag("clients")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientsIT {

    private static final Path SCRIPTS = Path.of("clients").toAbsolutePath();
    private static final int UPLOAD_BYTES = 100_000_000;
    private static final long QUOTA_BYTES = 1L << 30;
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(100);
    private static final String TO_THE_END = "first ended (\\d+\\.\\d) of \\1 s, 8 segments";

    @TempDir
    private static Path folder;

    private static SampleBackends backends;
    private static DisposableServer feed;
    private static ThreeGateways gateways;

    @BeforeAll
    static void start() throws Exception {
        install();
        backends = SampleBackends.start(new BackendOptions("127.0.0.1", 0, 0, 0, folder.resolve("uploads")));
        feed = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/api/feed/events", ClientsIT::events)
                        .ws(
                                "/api/feed/chat",
                                (in, out) -> out.sendString(in.receive().asString())))
                .bindNow();
        gateways = ThreeGateways.start(
                folder,
                "clients.yaml",
                new ThreeGateways.Backends(backends.uploadPort(), feed.port(), backends.playbackPort()));
    }

    @AfterAll
    static void stop() throws IOException {
        if (gateways != null) {
            gateways.close();
        }
        if (feed != null) {
            feed.disposeNow();
        }
        if (backends != null) {
            backends.close();
        }
    }

    private static void install() throws Exception {
        Process process = new ProcessBuilder(SCRIPTS.resolve("install").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: these tests need Node 20 or later and Chromium. %s", SCRIPTS.resolve("install"), said)
                .isZero();
    }

    /** Event <i>n</i> comes after event <i>n</i> − 1, whichever connection that was on. */
    private static Publisher<Void> events(HttpServerRequest request, HttpServerResponse response) {
        String last = request.requestHeaders().get("Last-Event-ID");
        long first = last == null ? 1 : Long.parseLong(last) + 1;
        return response.sse()
                .sendString(Flux.interval(BETWEEN_EVENTS)
                        .onBackpressureBuffer()
                        .map(tick -> "id: " + (first + tick) + "\ndata: something happened\n\n"));
    }

    /** A program of {@code load-tests/clients}, and what it has said so far. */
    private static final class Client implements AutoCloseable {

        private final Process process;
        private final BufferedReader said;
        private final List<String> lines = new ArrayList<>();

        Client(String script, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of("node", script));
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command)
                    .directory(SCRIPTS.toFile())
                    .redirectErrorStream(true)
                    .start();
            said = process.inputReader(StandardCharsets.UTF_8);
        }

        /** Reads until it says something like this. */
        String until(Predicate<String> wanted) throws IOException {
            String line = said.readLine();
            while (line != null) {
                lines.add(line);
                if (wanted.test(line)) {
                    return line;
                }
                line = said.readLine();
            }
            throw new AssertionError("It ended, and has said: " + lines);
        }

        /** All that it has said, once it has ended by itself. */
        List<String> end() throws Exception {
            String line = said.readLine();
            while (line != null) {
                lines.add(line);
                line = said.readLine();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s", lines).isZero();
            return lines;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static long sent(String line) {
        return line.startsWith("sent ") ? Long.parseLong(line.substring(5)) : 0;
    }

    @Test
    void anUploadOf100MbGoesThroughTwoKillsOfItsGatewayByteForByteAndCostsWhatItIs() throws Exception {
        Path film = folder.resolve("film.bin");
        byte[] bytes = new byte[UPLOAD_BYTES];
        new Random(6).nextBytes(bytes);
        Files.write(film, bytes);

        List<GatewayNode> killed = new ArrayList<>();
        String path;
        try (Client client =
                new Client("upload.js", gateways.balancer().uri() + "/files", "fleet-user-0", film.toString())) {
            client.until(line -> sent(line) >= 20_000_000);
            killed.add(killTheOneThatHasIt());
            client.until(line -> line.startsWith("retry "));
            client.until(line -> sent(line) >= 45_000_000);
            killed.add(killTheOneThatHasIt());
            client.until(line -> line.startsWith("retry "));
            List<String> said = client.end();
            String last = said.get(said.size() - 1);
            assertThat(last).startsWith("done /files/");
            path = last.substring("done ".length());
        } finally {
            for (GatewayNode gateway : killed) {
                gateway.startAgain();
                gateway.awaitReady();
            }
        }
        assertThat(killed).hasSize(2).doesNotHaveDuplicates();
        Path arrived = folder.resolve("uploads").resolve(path.substring("/files/".length()) + ".bin");
        assertThat(Files.size(arrived)).isEqualTo(UPLOAD_BYTES);
        assertThat(digest(Files.readAllBytes(arrived))).isEqualTo(digest(bytes));
        assertThat(gateways.remaining("upload-bytes", "fleet-user-0")).isEqualTo(QUOTA_BYTES - UPLOAD_BYTES);
        assertThat(gateways.remaining("uploads-open", "fleet-user-0")).isEqualTo(2);
    }

    /** Kills the gateway through which bytes are passing. */
    private static GatewayNode killTheOneThatHasIt() throws Exception {
        GatewayNode gateway = gateways.balancer().busiest();
        gateway.kill();
        return gateway;
    }

    @Test
    void hlsJsPlaysTheStreamToItsEndAndOneSessionTooManyIsRefusedAsThePolicySays() throws Exception {
        List<String> said = play("127.0.0.1");
        assertThat(said).contains("renditions 3", "second manifestLoadError 429");
        assertThat(said.get(said.size() - 1)).matches(TO_THE_END);
    }

    @Test
    void hlsJsPlaysOneSessionTooManyLowerWhereThePolicySaysSo() throws Exception {
        List<String> said = play("drop.localhost");
        assertThat(said).contains("renditions 3", "second plays, renditions 1");
        assertThat(said.get(said.size() - 1)).matches(TO_THE_END);
    }

    @Test
    void hlsJsPlaysTheLatestSessionAndLosesTheOldestWhereThePolicySaysSo() throws Exception {
        List<String> said = play("last.localhost");
        assertThat(said).contains("renditions 3", "second plays, renditions 3");
        assertThat(said.get(said.size() - 1)).matches("first (frag|level)LoadError 403 .*");
    }

    private static List<String> play(String host) throws Exception {
        URI master = URI.create(gateways.balancer().uri() + "/play/demo/master.m3u8");
        String source = "http://" + host + ":" + master.getPort() + master.getPath();
        try (Client client = new Client("play.js", String.valueOf(Ports.anyFree()), source)) {
            return client.end();
        }
    }

    @Test
    void eventSourceAndWebSocketComeBackAfterTheirGatewayHasLeftAndMissNothing() throws Exception {
        try (Client client = new Client(
                "listen.js",
                String.valueOf(Ports.anyFree()),
                gateways.balancer().uri())) {
            client.until(line -> line.equals("socket heard hello 0"));
            if (!client.lines.contains("events begun")) {
                client.until(line -> line.equals("events begun"));
            }
            // Each of them is with one of the three: all leave, one after the other.
            gateways.restartInTurn();
            List<String> said = client.end();
            assertThat(said).contains("events lost, reconnecting", "events back, 0 gaps");
            assertThat(said).anyMatch(line -> line.matches("socket back, hello \\d after 1001( 1001)*"));
        }
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
