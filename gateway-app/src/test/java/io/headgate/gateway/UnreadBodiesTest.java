package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.ScriptedBackend.Ending;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the gateway keeps of a body that goes to somebody who does not read it. */
@Timeout(120)
class UnreadBodiesTest {

    private static final ScriptedBackend BACKEND = ScriptedBackend.start(ScriptedBackend.always(ScriptedBackend.OK));
    private static final long MEBIBYTE = 1 << 20;

    /** The allocator takes memory in chunks, some more or less by chance; without a bound it is 78 MiB and more. */
    private static final long LITTLE = 16 * MEBIBYTE;

    private static final byte[] ZEROS = new byte[64 << 10];

    @TempDir
    static Path folder;

    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/hostile/policy.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.backends.feed.uri=" + BACKEND.uri(),
                "--headgate.backends.upload.uri=" + BACKEND.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.close();
    }

    /** The two share no buffers with the system here: a client of HTTP/2 says itself how much it takes. */
    @Test
    void ofAnswersThatAClientOfHttp2DoesNotReadLittleIsKept() throws Exception {
        BACKEND.now((head, connection) -> answer(connection, Long.MAX_VALUE));
        long before = settledMemory();
        try (Http2Peer peer = new Http2Peer(gateway.port())) {
            for (int i = 0; i < 50; i++) {
                var head = new DefaultHttp2Headers().method("GET").path("/api/feed/" + i);
                head.scheme("http").authority("localhost");
                peer.send(new DefaultHttp2HeadersFrame(head, true).stream(peer.newStream()));
            }
            until(() -> BACKEND.seen().size() == 50);
            assertThat(settledMemory() - before).as("bytes kept").isLessThan(LITTLE);
        }
    }

    @Test
    void ofAnswersThatNobodyReadsLittleIsKeptAndNothingLost() throws Exception {
        long length = 64 * MEBIBYTE;
        BACKEND.now((head, connection) -> answer(connection, length));
        long before = settledMemory();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Socket client = RawHttp.connect(gateway.port());
            clients.add(client);
            RawHttp.write(client, RawHttp.request("GET /api/feed/" + i + " HTTP/1.1", "Host: localhost"));
        }
        until(() -> BACKEND.seen().size() == 20);
        assertThat(settledMemory() - before).as("bytes kept").isLessThan(LITTLE);
        assertThat(bodyLength(clients.get(0), length)).isEqualTo(length);
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void ofUploadsThatABackendDoesNotReadLittleIsKept() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        BACKEND.now((head, connection) -> {
            if (head.startsWith("PATCH")) {
                await(over);
                return Ending.CLOSED;
            }
            return ScriptedBackend.always(ScriptedBackend.OK).answer(head, connection);
        });
        long before = settledMemory();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket client = RawHttp.connect(gateway.port());
            clients.add(client);
            RawHttp.write(
                    client,
                    RawHttp.request(
                            "PATCH /files/" + i + " HTTP/1.1", "Host: localhost", "Content-Length: 1000000000"));
            new Thread(() -> send(client, 1_000_000_000), "upload").start();
        }
        until(() -> BACKEND.seen().size() == 10);
        assertThat(settledMemory() - before).as("bytes kept").isLessThan(8 * MEBIBYTE);
        assertThat(RawHttp.get(gateway.port(), "/api/feed/meanwhile")).startsWith("HTTP/1.1 200 ");
        for (Socket client : clients) {
            client.close();
        }
        over.countDown();
    }

    private static Ending answer(Socket connection, long length) throws IOException {
        RawHttp.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        send(connection, length);
        return Ending.OPEN;
    }

    private static void send(Socket socket, long length) {
        try {
            for (long left = length; left > 0; left -= ZEROS.length) {
                socket.getOutputStream().write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
            }
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    private static long bodyLength(Socket client, long atLeast) throws IOException {
        InputStream in = client.getInputStream();
        for (int lineEnds = 0; lineEnds < 4; ) {
            int letter = in.read();
            lineEnds = letter == '\r' || letter == '\n' ? lineEnds + 1 : 0;
        }
        byte[] buffer = new byte[ZEROS.length];
        long length = 0;
        while (length < atLeast) {
            int read = in.read(buffer);
            assertThat(read).as("bytes after " + length).isPositive();
            length += read;
        }
        return length;
    }

    /** Direct memory that buffers have, once nothing moves any more. */
    private static long settledMemory() throws InterruptedException {
        var memory = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        long last = -1;
        for (int unchanged = 0; unchanged < 20; Thread.sleep(100)) {
            long now = memory.usedDirectMemory();
            unchanged = now == last ? unchanged + 1 : 0;
            last = now;
        }
        return last;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
