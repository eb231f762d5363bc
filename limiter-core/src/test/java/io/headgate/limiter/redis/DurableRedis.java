package io.headgate.limiter.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import redis.embedded.RedisServer;

/** A Redis process that writes down what it admits before it answers, and that can be killed or frozen. */
final class DurableRedis implements AutoCloseable {

    private final Path folder;
    private final int port;
    private RedisServer server;
    private RedisProcess process;

    private DurableRedis(Path folder, int port) throws IOException {
        this.folder = folder;
        this.port = port;
        restart();
    }

    static DurableRedis start() throws IOException {
        return new DurableRedis(Files.createTempDirectory("redis"), ClusterOfThree.freePort());
    }

    int port() {
        return port;
    }

    RedisConnections connections() {
        return connections(port);
    }

    static RedisConnections connections(int port) {
        return new RedisConnections(
                RedisConnections.Mode.SINGLE,
                List.of("redis://127.0.0.1:" + port),
                "",
                null,
                null,
                RedisTls.DEFAULT,
                Duration.ofSeconds(1));
    }

    void restart() throws IOException {
        server = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("dir " + folder)
                .setting("appendonly yes")
                .setting("appendfsync always")
                .build();
        server.start();
        process = RedisProcess.at(port);
    }

    /** Connections that it has right now, that of this question left out. */
    int connectionsNow() {
        String field = "connected_clients:";
        return RespConnection.command(port, "INFO", "clients")
                        .lines()
                        .filter(line -> line.startsWith(field))
                        .mapToInt(line -> Integer.parseInt(line.substring(field.length())))
                        .sum()
                - 1;
    }

    void kill() throws IOException {
        process.kill();
        server.stop();
    }

    void freeze() throws IOException {
        process.freeze();
    }

    void thaw() throws IOException {
        process.thaw();
    }

    @Override
    public void close() {
        try {
            server.stop();
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
