package io.headgate.load.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/** A Redis of our own on a port of its own: the system's {@code redis-server} if there is one, else the embedded one. */
final class BenchRedis implements AutoCloseable {

    private static final Pattern SCRIPT_CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");

    private final int port;
    private final RedisServer server;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    private BenchRedis(int port) throws IOException {
        this.port = port;
        server = RedisServer.newRedisServer()
                .executableProvider(executable())
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("appendonly no")
                .build();
        server.start();
        client = RedisClient.create(address());
        connection = client.connect();
    }

    static BenchRedis start(int port) throws IOException {
        return new BenchRedis(port);
    }

    private static ExecutableProvider executable() {
        try {
            return ExecutableProvider.newExecutableInPath("redis-server");
        } catch (FileNotFoundException e) {
            return ExecutableProvider.newJarResourceProvider();
        }
    }

    int port() {
        return port;
    }

    String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Scripts it has run so far; every limiter of the bench decides in scripts. */
    long scriptCalls() {
        long calls = 0;
        Matcher matcher = SCRIPT_CALLS.matcher(connection.sync().info("commandstats"));
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(1));
        }
        return calls;
    }

    String version() {
        Matcher matcher = VERSION.matcher(connection.sync().info("server"));
        return matcher.find() ? matcher.group(1) : "unknown";
    }

    @Override
    public void close() throws IOException {
        connection.close();
        client.shutdown();
        server.stop();
    }
}
