package io.headgate.limiter.guard;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Has a node say, again and again and on a thread of its own, that it lives.
 *
 * <p>Thread-safe. {@link #close()} stops it.
 */
public final class Heartbeat implements AutoCloseable {

    /** A node that has said nothing for so long lives no more. */
    public static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer;

    /**
     * Starts at once.
     *
     * @param thread name of the thread
     * @param beat says it once; the heart stops for good if it throws
     */
    public Heartbeat(String thread, Runnable beat) {
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread beating = new Thread(task, thread);
            beating.setDaemon(true);
            return beating;
        });
        var unused = timer.scheduleWithFixedDelay(beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
