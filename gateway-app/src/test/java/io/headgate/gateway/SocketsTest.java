package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;

/** WebSockets from the handshake to the last word. */
@Timeout(120)
class SocketsTest {

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final BlockingQueue<Integer> BACKEND_HEARD_CLOSE = new LinkedBlockingQueue<>();
    private static final BlockingQueue<HttpHeaders> BACKEND_SHOOK_HANDS = new LinkedBlockingQueue<>();
    private static final DisposableServer BACKEND = backend();
    private static RunningGateway gateway;

    /** Says everything again; on "bye" it closes with a code of its own, on "die" without a word. */
    private static DisposableServer backend() {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get(
                                "/api/feed/closed",
                                (request, response) -> response.status(403).send())
                        .get(
                                "/api/feed/plain",
                                (request, response) -> response.sendString(Mono.just(
                                        "upgrade: " + request.requestHeaders().get("Upgrade"))))
                        .ws(
                                "/api/feed/{room}",
                                (in, out) -> {
                                    in.receiveCloseStatus().subscribe(status -> BACKEND_HEARD_CLOSE.add(status.code()));
                                    BACKEND_SHOOK_HANDS.add(in.headers());
                                    return in.receiveFrames()
                                            .map(WebSocketFrame::retain)
                                            .concatMap(frame -> {
                                                String text = frame.content().toString(StandardCharsets.UTF_8);
                                                if (text.equals("die")) {
                                                    in.withConnection(SocketsTest::hangUp);
                                                }
                                                Mono<Void> echo =
                                                        out.sendObject(frame).then();
                                                return text.equals("bye")
                                                        ? echo.then(out.sendClose(4_001, "the backend is done"))
                                                        : echo;
                                            });
                                },
                                WebsocketServerSpec.builder()
                                        .protocols("chat.v2")
                                        .maxFramePayloadLength(4 << 20)
                                        .build()))
                .bindNow();
    }

    /** Without a word: whoever disposes of a WebSocket closes it properly. */
    private static void hangUp(Connection connection) {
        var unused = connection.channel().close();
    }

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/connections.yaml"));
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"),
                IntStream.rangeClosed(1, 20)
                        .mapToObj(user -> "  - { id: u%1$d, sha256: %2$s, user: u%1$d, plan: free }"
                                .formatted(user, Fixture.sha256("key-" + user)))
                        .collect(Collectors.joining("\n", "keys:\n", "\n")));
        gateway = start(policy, keys);
    }

    private static RunningGateway start(Path policy, Path keys) {
        return RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.api-keys=" + keys,
                "--headgate.backends.feed.uri=http://127.0.0.1:" + BACKEND.port()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.disposeNow();
    }

    /** One end of a WebSocket. */
    private static final class Conversation implements WebSocket.Listener {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                heard.add(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }

        String next() throws InterruptedException {
            String text = heard.poll(60, TimeUnit.SECONDS);
            assertThat(text).as("an echo").isNotNull();
            return text;
        }
    }

    private static String newKey() {
        return "key-" + NEXT.incrementAndGet();
    }

    private static WebSocket connect(String key, String path, Conversation conversation) {
        return connect(gateway, key, path, conversation);
    }

    private static WebSocket connect(RunningGateway to, String key, String path, Conversation conversation) {
        return CLIENT.newWebSocketBuilder()
                .header("X-API-Key", key)
                .subprotocols("chat.v1", "chat.v2")
                .buildAsync(URI.create("ws://127.0.0.1:" + to.port() + path), conversation)
                .join();
    }

    private static int refusal(String key, String path) {
        try {
            connect(key, path, new Conversation()).abort();
            return 101;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    @Test
    void whatEachSideSaysTheOtherHearsUntilOneOfThemCloses() throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = connect(newKey(), "/api/feed/chat", conversation);
        assertThat(socket.getSubprotocol()).isEqualTo("chat.v2");
        socket.sendText("hello", true).join();
        assertThat(conversation.next()).isEqualTo("hello");
        String long700k = "x".repeat(700_000);
        socket.sendText("in parts: ", false).join();
        socket.sendText(long700k, true).join();
        assertThat(conversation.next()).isEqualTo("in parts: " + long700k);
        socket.sendText("bye", true).join();
        assertThat(conversation.next()).isEqualTo("bye");
        assertThat(conversation.closed.get(60, TimeUnit.SECONDS)).isEqualTo(4_001);
    }

    @Test
    void theBackendLearnsWhoIsCallingAndNothingThatAClientMadeUp() throws Exception {
        String key = newKey();
        BACKEND_SHOOK_HANDS.clear();
        WebSocket socket = CLIENT.newWebSocketBuilder()
                .header("X-API-Key", key)
                .header("X-Headgate-User", "admin")
                .header("X_Headgate_Tenant", "admin")
                .header("X-Real-IP", "203.0.113.9")
                .subprotocols("chat.v2")
                .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/api/feed/chat"), new Conversation())
                .join();
        HttpHeaders received = BACKEND_SHOOK_HANDS.poll(60, TimeUnit.SECONDS);
        socket.abort();
        assertThat(received).isNotNull();
        assertThat(received.getAll("X-Headgate-User")).containsExactly(key.replace("key-", "u"));
        assertThat(received.getAll("X-Headgate-Plan")).containsExactly("free");
        assertThat(received.contains("X-API-Key")).isFalse();
        assertThat(received.entries()).noneMatch(field -> field.getValue().contains("admin"));
        assertThat(received.contains("X-Real-IP")).isFalse();
    }

    @Test
    void aClientsCloseReachesTheBackendWithItsCode() throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = connect(newKey(), "/api/feed/chat", conversation);
        BACKEND_HEARD_CLOSE.clear();
        socket.sendClose(4_321, "enough").join();
        Integer code = BACKEND_HEARD_CLOSE.poll(60, TimeUnit.SECONDS);
        while (code != null && code != 4_321) {
            code = BACKEND_HEARD_CLOSE.poll(60, TimeUnit.SECONDS);
        }
        assertThat(code).isEqualTo(4_321);
    }

    @Test
    void aBackendThatDiesIsABadGatewayToTheClient() throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = connect(newKey(), "/api/feed/chat", conversation);
        var unused = socket.sendText("die", true);
        assertThat(conversation.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1_014);
    }

    @Test
    void aConnectionHoldsItsSlotForAsLongAsItLives() throws Exception {
        String key = newKey();
        Conversation conversation = new Conversation();
        WebSocket socket = connect(key, "/api/feed/chat", conversation);
        assertThat(refusal(key, "/api/feed/chat")).isEqualTo(429);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        int status = refusal(key, "/api/feed/chat");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (status == 429 && System.nanoTime() < end) {
            Thread.sleep(20);
            status = refusal(key, "/api/feed/chat");
        }
        assertThat(status).isEqualTo(101);
    }

    @Test
    void theHandshakeIsCharged() {
        String key = newKey();
        for (int i = 0; i < 3; i++) {
            assertThat(refusal(key, "/api/feed/charged-chat")).isEqualTo(101);
        }
        assertThat(refusal(key, "/api/feed/charged-chat")).isEqualTo(429);
    }

    @Test
    void tooManyMessagesCloseTheConnectionAsAPolicyViolation() throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = connect(newKey(), "/api/feed/slow-chat", conversation);
        for (int i = 0; i < 4; i++) {
            socket.sendText("message " + i, true).join();
        }
        assertThat(conversation.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1_008);
    }

    @Test
    void aFrameThatIsTooLargeClosesTheConnection() throws Exception {
        try (Socket socket = RawHttp.connect(gateway.port())) {
            RawHttp.write(
                    socket,
                    RawHttp.request(
                            "GET /api/feed/chat HTTP/1.1",
                            "Host: localhost",
                            "X-API-Key: " + newKey(),
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            assertThat(head).startsWith("HTTP/1.1 101 Switching Protocols").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            // One masked frame of text, of a byte more than a MiB; its header is enough.
            RawHttp.write(socket, "\u0081\u00ff\0\0\0\0\0\u0010\0\u0001mask");
            assertThat(new int[] {in.read(), in.read() & 0, in.read(), in.read()})
                    .containsExactly(0x88, 0, 1_009 >> 8, 1_009 & 0xff);
        }
    }

    @Test
    void whatTheBackendRefusesIsRefused() {
        assertThat(refusal(newKey(), "/api/feed/closed")).isEqualTo(403);
    }

    @Test
    void onlyRoutesThatSaySoAreUpgraded() throws Exception {
        String[] handshake = {
            "GET /api/feed/plain HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade, close",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        };
        assertThat(RawHttp.send(gateway.port(), handshake))
                .startsWith("HTTP/1.1 200 OK")
                .contains("upgrade: null");
        assertThat(RawHttp.get(gateway.port(), "/api/feed/chat"))
                .startsWith("HTTP/1.1 426 Upgrade Required")
                .containsIgnoringCase("upgrade: websocket");
        handshake[0] = "GET /api/feed/slow-chat HTTP/1.1";
        handshake[5] = "Sec-WebSocket-Key: short";
        assertThat(RawHttp.send(gateway.port(), handshake)).startsWith("HTTP/1.1 400 Bad Request");
    }

    @Test
    void aGatewayThatLeavesSaysSoAndClosesCleanly(@TempDir Path folder) throws Exception {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/connections.yaml"));
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"),
                "keys:\n  - { id: a, sha256: " + Fixture.sha256("key-a") + ", user: a, plan: free }\n");
        RunningGateway leaving = start(policy, keys);
        Conversation conversation = new Conversation();
        WebSocket socket = connect(leaving, "key-a", "/api/feed/chat", conversation);
        socket.sendText("still here", true).join();
        assertThat(conversation.next()).isEqualTo("still here");
        leaving.close();
        assertThat(conversation.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1_001);
        assertThatThrownBy(() -> connect(leaving, "key-a", "/api/feed/chat", new Conversation()))
                .isInstanceOf(CompletionException.class);
    }
}
