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
    private long pid;

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
        String info = RespConnection.command(port, "INFO", "server");
        pid = info.lines()
                .filter(line -> line.startsWith("process_id:"))
                .map(line -> line.substring("process_id:".length()))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    void kill() throws IOException {
        signal("KILL");
        server.stop();
    }

    void freeze() throws IOException {
        signal("STOP");
    }

    void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start();
        try {
            if (kill.waitFor() != 0) {
                throw new IOException("kill -" + name + " " + pid + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
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
