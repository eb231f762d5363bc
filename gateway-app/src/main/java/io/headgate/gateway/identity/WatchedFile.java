package io.headgate.gateway.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file says, read again when its content changes: what is edited holds within {@link #INTERVAL}. A file that cannot
 * be used changes nothing and is reported once.
 */
public final class WatchedFile<T> implements Supplier<T>, AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);

    private final Path file;
    private final Function<Path, T> reader;
    private final Function<T, String> words;
    private final ScheduledExecutorService timer;
    private byte[] seen;
    private volatile T content;

    /**
     * @param reader reads the file, or says with an exception what is wrong with it; that of the first reading is the
     *     caller's
     * @param words what is in it, for the log
     */
    public WatchedFile(Path file, Function<Path, T> reader, Function<T, String> words) {
        this.file = file;
        this.reader = reader;
        this.words = words;
        this.seen = bytes();
        this.content = reader.apply(file);
        log.info("{} from {}", words.apply(content), file);
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "watch-" + file.getFileName());
            thread.setDaemon(true);
            return thread;
        });
        var unused = timer.scheduleWithFixedDelay(
                this::refresh, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public T get() {
        return content;
    }

    /** Looks at the file once. */
    synchronized void refresh() {
        byte[] now = bytes();
        if (Arrays.equals(now, seen)) {
            return;
        }
        seen = now;
        try {
            content = reader.apply(file);
            log.info("{} from {}, which has changed", words.apply(content), file);
        } catch (RuntimeException e) {
            log.error("{}\nWhat was there before stays valid.", e.getMessage());
        }
    }

    /** The bytes of the file, none if it cannot be read. */
    private byte[] bytes() {
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
