package io.headgate.gateway.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * One line for what may happen with every request: at once when it begins, and then one a minute with how often it has, for as
 * long as it goes on. Thread-safe.
 */
public final class RecurringLog {

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final String words;
    private final LongSupplier nanoTime;
    private boolean begun;
    private long said;
    private long since;

    /** @param words what happens */
    public RecurringLog(Logger log, String words) {
        this(log, words, System::nanoTime);
    }

    RecurringLog(Logger log, String words, LongSupplier nanoTime) {
        this.log = log;
        this.words = words;
        this.nanoTime = nanoTime;
    }

    /** It has happened. */
    public synchronized void happened() {
        long now = nanoTime.getAsLong();
        since++;
        if (begun && now - said < PAUSE_NANOS) {
            return;
        }
        if (since == 1) {
            log.info("{}", words);
        } else {
            log.info("{}: {} times in {} s", words, since, TimeUnit.NANOSECONDS.toSeconds(now - said));
        }
        begun = true;
        said = now;
        since = 0;
    }
}
