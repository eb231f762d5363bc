package io.headgate.load.acceptance;

import io.headgate.load.Ports;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A Redis that can be stopped and started again on the same port, and then has forgotten everything. */
final class RedisProcess implements AutoCloseable {

    private final int port = Ports.anyFree();
    private @Nullable RedisServer server;

    /** Not running yet. */
    RedisProcess() throws IOException {}

    /** Where it listens, as a gateway's settings say it. */
    String address() {
        return "redis://127.0.0.1:" + port;
    }

    void start() throws IOException {
        RedisServer started = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        started.start();
        server = started;
    }

    void stop() throws IOException {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
