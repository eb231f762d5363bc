package io.headgate.gateway.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys of a file, read again when its content changes: a key that is taken out is refused within
 * {@link #INTERVAL}. A file that cannot be used changes nothing and is reported once.
 */
final class WatchedApiKeys implements Supplier<ApiKeys>, AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(WatchedApiKeys.class);

    private final Path file;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private byte[] seen;
    private volatile ApiKeys keys;

    /** @throws ApiKeysRejected if the file cannot be used to begin with */
    WatchedApiKeys(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.seen = content();
        this.keys = ApiKeyFile.read(file, clock);
        log.info("{} API keys from {}", keys.size(), file);
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "api-keys");
            thread.setDaemon(true);
            return thread;
        });
        var unused = timer.scheduleWithFixedDelay(
                this::refresh, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public ApiKeys get() {
        return keys;
    }

    /** Looks at the file once. */
    synchronized void refresh() {
        byte[] now = content();
        if (Arrays.equals(now, seen)) {
            return;
        }
        seen = now;
        try {
            keys = ApiKeyFile.read(file, clock);
            log.info("{} API keys from {}, which has changed", keys.size(), file);
        } catch (ApiKeysRejected e) {
            log.error("{}\nThe keys that were there before stay valid.", e.getMessage());
        }
    }

    /** The bytes of the file, none if it cannot be read. */
    private byte[] content() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
