package io.headgate.limiter.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.connection.ConnectionManager;

/**
 * A connection to Redis, opened by {@link RedisConnections#open()}. A server that is not there when it is opened is
 * looked for until it is, by a thread of its own: Redisson itself would let the first caller wait for the connection.
 *
 * <p>Thread-safe. {@link #close()} ends the stores that use it.
 */
public final class RedisClient implements AutoCloseable {

    private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(2);
    private static final int SHORTEST_PAUSE_MILLIS = 250;
    private static final int LONGEST_PAUSE_MILLIS = 1_000;

    private final Redisson redisson;
    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();
    private final Thread connecting = new Thread(this::connect, "redis-connect");
    private volatile boolean connected;
    private volatile boolean closed;

    private RedisClient(Redisson redisson) {
        this.redisson = redisson;
    }

    /** Waits for the first attempt to connect, however that ends. */
    static RedisClient open(Config config) {
        RedisClient client = new RedisClient((Redisson) Redisson.create(config));
        client.connecting.setDaemon(true);
        client.connecting.start();
        client.firstAttempt
                .completeOnTimeout(null, FIRST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return client;
    }

    private void connect() {
        while (!closed && !connected) {
            try {
                // What asks for the servers connects to them.
                topology().getEntrySet();
                connected = true;
            } catch (RuntimeException e) {
                firstAttempt.complete(null);
                int pause = ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
            }
        }
        firstAttempt.complete(null);
    }

    /** Whether a server has ever been found; before that nothing may be asked of it. */
    boolean connected() {
        return connected;
    }

    RedissonClient redisson() {
        return redisson;
    }

    ConnectionManager topology() {
        return redisson.getCommandExecutor().getConnectionManager();
    }

    /** The thread on which answers are read: what is handed to it runs after what has arrived by then. */
    public Executor answers() {
        return redisson.getServiceManager().getGroup().next();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(connecting);
        redisson.shutdown();
    }
}
