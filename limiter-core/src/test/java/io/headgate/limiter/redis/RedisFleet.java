package io.headgate.limiter.redis;

import io.headgate.limiter.LimitStore;
import io.headgate.limiter.testkit.SharedLimitStoreContract;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import redis.embedded.RedisServer;

/** Two clients on one real Redis server whose script reads the time from a key that the test sets. */
final class RedisFleet implements SharedLimitStoreContract.BreakableFleet {

    private static final String CLOCK_KEY = "test:clock";
    /** Keys live an hour longer than on the server's clock, since the test's time may stand still. */
    private static final String MANUAL_CLOCK =
            "local now, spare_ms = tonumber(redis.call('GET', '" + CLOCK_KEY + "')), 3600000\n";

    /** An hour: what the nodes believe to be the time must not matter. */
    private static final long NODES_APART_MICROS = 3_600_000_000L;

    private final int port;
    private final List<RedisClient> clients = new ArrayList<>();
    private final List<LimitStore> nodes = new ArrayList<>();
    private @Nullable RedisServer server;
    private volatile long nowMicros;

    RedisFleet(long nowMicros) throws IOException {
        port = freePort();
        start();
        for (int i = 0; i < 2; i++) {
            RedisClient client = connections().open();
            clients.add(client);
            long aheadMicros = i * NODES_APART_MICROS;
            nodes.add(new RedisLimitStore(
                    client, LimitScript.withClock(MANUAL_CLOCK), () -> this.nowMicros + aheadMicros));
        }
        setMicros(nowMicros);
    }

    RedisConnections connections() {
        return new RedisConnections(
                RedisConnections.Mode.SINGLE,
                List.of("redis://127.0.0.1:" + port),
                "",
                null,
                null,
                RedisTls.DEFAULT,
                Duration.ofSeconds(2));
    }

    RedisClient connection(int index) {
        return clients.get(index);
    }

    RedissonClient client(int index) {
        return connection(index).redisson();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void start() throws IOException {
        server = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
    }

    @Override
    public LimitStore node(int index) {
        return nodes.get(index);
    }

    @Override
    public void setMicros(long micros) {
        nowMicros = micros;
        client(0).getBucket(CLOCK_KEY, StringCodec.INSTANCE).set(Long.toString(micros));
    }

    @Override
    public void breakStore() throws IOException {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    public void healStore() throws IOException {
        start();
        try (RedisClock clock = new RedisClock(connections().open())) {
            clock.set(nowMicros);
        }
    }

    /** Sets the clock of a server that the nodes' clients have not found again yet. */
    private record RedisClock(RedisClient client) implements AutoCloseable {
        void set(long micros) {
            client.redisson().getBucket(CLOCK_KEY, StringCodec.INSTANCE).set(Long.toString(micros));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Override
    public void close() {
        clients.forEach(RedisClient::close);
        try {
            breakStore();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
