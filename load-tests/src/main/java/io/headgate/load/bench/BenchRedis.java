package io.headgate.load.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/** A Redis of our own on a port of its own: the system's {@code redis-server} if there is one, else the embedded one. */
public final class BenchRedis implements AutoCloseable {

    private static final Pattern SCRIPT_CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");
    private static final Pattern CPU_SECONDS = Pattern.compile("used_cpu_(?:sys|user):([\\d.]+)");
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");

    private static final int SAMPLE = 200;

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

    /** Starts it. */
    public static BenchRedis start(int port) throws IOException {
        return new BenchRedis(port);
    }

    private static ExecutableProvider executable() {
        try {
            return ExecutableProvider.newExecutableInPath("redis-server");
        } catch (FileNotFoundException e) {
            return ExecutableProvider.newJarResourceProvider();
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Where it listens, as clients want it. */
    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Scripts it has run so far; every limiter of the bench decides in scripts. */
    public long scriptCalls() {
        long calls = 0;
        Matcher matcher = SCRIPT_CALLS.matcher(connection.sync().info("commandstats"));
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(1));
        }
        return calls;
    }

    /** Tells it a script; answers the digest. */
    public String load(String script) {
        return connection.sync().scriptLoad(script);
    }

    /** Processor time that it has used. */
    public double cpuMicros() {
        double seconds = 0;
        Matcher matcher = CPU_SECONDS.matcher(connection.sync().info("cpu"));
        while (matcher.find()) {
            seconds += Double.parseDouble(matcher.group(1));
        }
        return seconds * 1e6;
    }

    /** How many keys match a pattern. Looks at all there are. */
    public long keys(String pattern) {
        return connection.sync().keys(pattern).size();
    }

    /** Forgets all keys. */
    public void clear() {
        connection.sync().flushall();
    }

    /** What a key and its value take, as Redis says itself; the mean of some, 0 if there are none. */
    public double bytesPerKey() {
        return IntStream.range(0, SAMPLE)
                .mapToObj(i -> connection.sync().randomkey())
                .filter(Objects::nonNull)
                .map(key -> connection.sync().memoryUsage(key))
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .average()
                .orElse(0);
    }

    /** Its version. */
    public String version() {
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
