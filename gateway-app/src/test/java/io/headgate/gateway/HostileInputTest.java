package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

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

    /** The point that generates P-256, which anybody could sign for; nobody here does. */
    private static final String PUBLISHED = """
            {"keys":[{"kty":"EC","crv":"P-256","kid":"known",
              "x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}]}
            """;

    /** {"alg":"ES256"} and nothing. */
    private static final String BY_NOBODY = "eyJhbGciOiJFUzI1NiJ9.e30.AA";

    private static DisposableServer issuer;
    private static RecordedGateway recorded;
    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        issuer = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> response.sendString(Mono.just(PUBLISHED)))
                .bindNow();
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"),
                "keys: [{ id: a, sha256: " + Fixture.sha256("the-key") + ", user: ann, plan: free }]");
        recorded = RecordedGateway.start(
                folder,
                "--headgate.edge.hosts=localhost,api.example.com,[::1]",
                "--headgate.auth.api-keys=" + keys,
                "--headgate.auth.jwt.issuer=https://issuer.example",
                "--headgate.auth.jwt.audience=corpus",
                "--headgate.auth.jwt.algorithms=ES256",
                "--headgate.auth.jwt.jwk-set-uri=http://127.0.0.1:" + issuer.port() + "/keys");
        backend = recorded.backend();
        gateway = recorded.gateway();
        while (RawHttp.send(
                        gateway.port(),
                        "GET /api/feed/early HTTP/1.1",
                        "Host: localhost",
                        "Connection: close",
                        "Authorization: Bearer " + BY_NOBODY)
                .startsWith("HTTP/1.1 503 ")) {
            // The issuer was asked while the machine was busy, and is asked again half a minute later.
            Thread.sleep(1_000);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        recorded.close();
        issuer.disposeNow();
    }

    @TestFactory
    Stream<DynamicTest> framing() throws IOException {
        return inputs("/hostile/framing.txt");
    }

    @TestFactory
    Stream<DynamicTest> targets() throws IOException {
        return inputs("/hostile/targets.txt");
    }

    @TestFactory
    Stream<DynamicTest> identities() throws IOException {
        return inputs("/hostile/identity.txt");
    }

    @TestFactory
    Stream<DynamicTest> frames() {
        return HostileFrames.all().stream()
                .map(input -> DynamicTest.dynamicTest(input.name(), () -> {
                    backend.arrivals();
                    assertThat(input.endAt(gateway.port())).isEqualTo(input.end());
                    assertThat(RawHttp.send(gateway.port(), CONTROL)).startsWith("HTTP/1.1 200 ");
                    for (RecordingBackend.Arrival arrival : backend.arrivals()) {
                        boolean expected =
                                input.end().equals("200") || arrival.text().contains("/api/feed/control");
                        assertThat(arrival.isWhole()).as(arrival.text()).isEqualTo(expected);
                        assertThat(arrival.text()).doesNotContain("smuggled", "x-http2", "0, 0");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whoHasStreamsResetWithoutEndIsHungUpOn() {
        return Stream.of(
                DynamicTest.dynamicTest("by windows", () -> isHungUpOn(HostileFrames.provoked(500))),
                DynamicTest.dynamicTest("by heads", () -> isHungUpOn(HostileFrames.provokedByHeads(500))));
    }

    private static void isHungUpOn(byte[] bytes) throws IOException {
        backend.arrivals();
        try (Socket socket = RawHttp.connect(gateway.port())) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException hungUp) {
                    // That is what this is about.
                }
            });
            // To the end, which only the gateway brings about.
            assertThat(RawHttp.readToEnd(socket)).isNotEmpty();
            sent.join();
        }
        assertThat(RawHttp.send(gateway.port(), CONTROL)).startsWith("HTTP/1.1 200 ");
    }

    /** More of them at once than an HTTP/2 client may have streams that come to nothing. */
    @Test
    void clientsThatHangUpBeforeTheyAreAnsweredCloseThePortForNobody() throws IOException {
        for (int i = 0; i < 300; i++) {
            try (Socket socket = RawHttp.connect(gateway.port())) {
                socket.getOutputStream()
                        .write("POST /api/feed/unfinished HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx"
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }
        for (int i = 0; i < 20; i++) {
            assertThat(RawHttp.send(gateway.port(), CONTROL)).startsWith("HTTP/1.1 200 ");
        }
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
