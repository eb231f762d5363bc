package io.headgate.gateway.accesslog;

import io.headgate.policy.traffic.AccessLines;
import io.headgate.policy.traffic.AccessRecord;
import io.headgate.policy.traffic.Pseudonyms;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what became of requests, under pseudonyms, on a thread of its own. Whoever hands over a record never waits:
 * where the disk does not keep up, records are dropped and counted. Thread-safe.
 */
final class AccessLog implements RequestLog, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

    /** Records that may wait for the disk: a few seconds' worth, some tens of megabytes. */
    private static final int MOST_WAITING = 1 << 16;

    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final BlockingQueue<AccessRecord> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AccessLines lines = new AccessLines();
    private final Pseudonyms pseudonyms;
    private final Path file;
    private final Writer out;
    private final Counter written;
    private final Counter dropped;
    private final Thread writer = new Thread(this::run, "access-log");
    private volatile boolean closed;
    private boolean failing;

    /**
     * Opens the log and goes on at its end.
     *
     * @throws IOException if the file cannot be written
     */
    AccessLog(Path file, Pseudonyms pseudonyms, MeterRegistry registry) throws IOException {
        this.file = file;
        this.pseudonyms = pseudonyms;
        this.out = new BufferedWriter(
                Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), 1 << 16);
        this.written = records("written", registry);
        this.dropped = records("dropped", registry);
        writer.setDaemon(true);
        writer.start();
    }

    private static Counter records(String outcome, MeterRegistry registry) {
        return Counter.builder("access.log.records")
                .description("Requests that were written to the access log, or dropped since the disk did not keep up")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public void add(AccessRecord record) {
        if (closed || !waiting.offer(record)) {
            dropped.increment();
        }
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            try {
                AccessRecord first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    writeAll(first);
                }
            } catch (InterruptedException e) {
                return; // nobody interrupts but a JVM that is in a hurry
            }
        }
    }

    /** Writes a record and all that wait by then, and lets them go to the disk together. */
    private void writeAll(AccessRecord first) {
        int count = 0;
        try {
            for (AccessRecord record = first; record != null; record = waiting.poll()) {
                count++;
                lines.write(record.under(pseudonyms), out);
            }
            out.flush();
            written.increment(count);
            failing = false;
        } catch (IOException e) {
            dropped.increment(count);
            if (!failing) {
                failing = true;
                log.error("The access log {} cannot be written; requests are not logged until it can", file, e);
            }
        }
    }

    /** Writes what has been handed over, for as long as that takes a few seconds at most. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            writer.join(LAST_WORDS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.close();
    }
}
