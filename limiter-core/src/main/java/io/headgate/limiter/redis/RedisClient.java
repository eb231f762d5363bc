package io.headgate.limiter.redis;

import io.headgate.limiter.StoreUnavailable;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;
import org.redisson.connection.ConnectionManager;

/**
 * A connection to Redis, opened by {@link RedisConnections#open()}. A server that is not there when it is opened is
 * looked for until it is, by a thread of its own: Redisson itself would let the first caller wait for the connection.
 * Each attempt begins anew, since Redisson never asks again who the master is once it has been told of one that does not
 * answer.
 *
 * <p>Thread-safe. {@link #close()} ends the stores that use it.
 */
public final class RedisClient implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final int SHORTEST_PAUSE_MILLIS = 250;
    private static final int LONGEST_PAUSE_MILLIS = 1_000;

    private final Config config;
    /** Outlives the attempts: what reads the answers must be known before there are any. */
    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("redis-network", true), NioIoHandler.newFactory());

    private final CompletableFuture<Void> found = new CompletableFuture<>();
    private final Thread connecting = new Thread(this::connect, "redis-connect");
    private volatile @Nullable Connected connected;
    private volatile boolean closed;

    /** What there is once a server has been found. */
    private record Connected(Redisson redisson, RScript scripts) {}

    private RedisClient(Config config) {
        this.config = config.setEventLoopGroup(network);
    }

    /**
     * Waits until the server has been found, or has turned out to be gone: a node that is ready before would answer its
     * first callers without its counters. A server that says nothing in time need not be gone: on a machine that is busy
     * it is this process that is late, with the code of its very first connection. So it is asked again.
     */
    static RedisClient open(Config config) {
        RedisClient client = new RedisClient(config);
        client.connecting.setDaemon(true);
        client.connecting.start();
        client.found
                .completeOnTimeout(null, LONGEST_START.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return client;
    }

    private void connect() {
        while (!closed && connected == null) {
            Redisson redisson = (Redisson) Redisson.create(config);
            try {
                // What asks for the servers connects to them.
                topology(redisson).getEntrySet();
                connected = new Connected(redisson, redisson.getScript(ByteArrayCodec.INSTANCE));
            } catch (RuntimeException e) {
                if (!isSilence(e)) {
                    found.complete(null);
                }
                redisson.shutdown();
                int pause = ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
            }
        }
        found.complete(null);
        if (closed) {
            shutdown();
        }
    }

    /** Whether an attempt ended since nobody said anything, and not by what somebody said. */
    private static boolean isSilence(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisTimeoutException
                    || cause instanceof TimeoutException
                    || cause instanceof ConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether a server has ever been found; before that nothing may be asked of it. */
    boolean connected() {
        return connected != null;
    }

    /** @throws IllegalStateException if none has been found yet */
    Redisson redisson() {
        return server().redisson;
    }

    /** @throws IllegalStateException if no server has been found yet */
    RScript scripts() {
        return server().scripts;
    }

    /**
     * What the server is asked besides decisions.
     *
     * @param question asked only once a server has been found; what goes wrong is {@link StoreUnavailable} in the stage
     */
    <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        if (!connected()) {
            return CompletableFuture.failedFuture(new StoreUnavailable("redis: not found yet"));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        question.get().whenComplete((found, error) -> {
            if (error == null) {
                answer.complete(found);
            } else {
                answer.completeExceptionally(new StoreUnavailable("redis: " + error.getMessage(), error));
            }
        });
        return answer;
    }

    /** @throws IllegalStateException if no server has been found yet */
    ConnectionManager topology() {
        return topology(redisson());
    }

    private static ConnectionManager topology(Redisson redisson) {
        return redisson.getCommandExecutor().getConnectionManager();
    }

    private Connected server() {
        Connected now = connected;
        if (now == null) {
            throw new IllegalStateException("no server has been found yet");
        }
        return now;
    }

    /** The thread on which answers are read: what is handed to it runs after what has arrived by then. */
    public Executor answers() {
        return network.next();
    }

    @Override
    public void close() {
        closed = true;
        // Whoever is connecting right now finds it closed.
        LockSupport.unpark(connecting);
        if (connected != null) {
            shutdown();
        }
    }

    private synchronized void shutdown() {
        if (network.isShuttingDown()) {
            return;
        }
        Connected now = connected;
        if (now != null) {
            now.redisson.shutdown();
        }
        var unused = network.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
