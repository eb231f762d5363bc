package io.headgate.policy.traffic;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads an access log from its beginning to its end, a line at a time. */
public final class AccessLogFile {

    private static final int LONGEST_LINE = 1 << 20;
    private static final int READ_AT_ONCE = 1 << 16;

    private final AccessLines lines = new AccessLines();
    private final Consumer<AccessRecord> records;
    private byte[] pending = new byte[4096];
    private int pendingBytes;
    private long lineNumber;
    private long unreadable;
    private @Nullable String firstUnreadable;

    private AccessLogFile(Consumer<AccessRecord> records) {
        this.records = records;
    }

    /**
     * What could not be used of a log.
     *
     * @param lines all of its lines
     * @param unreadable those that are no records
     * @param firstUnreadable the first of them and what is wrong with it, if there is one
     */
    public record Reading(
            long lines, long unreadable, @Nullable String firstUnreadable) {}

    /**
     * Reads a whole log.
     *
     * @param records gets each record, in the order of the file
     * @param progress is told now and then how many bytes have been read
     */
    public static Reading read(Path log, Consumer<AccessRecord> records, LongConsumer progress) throws IOException {
        AccessLogFile file = new AccessLogFile(records);
        try (InputStream in = Files.newInputStream(log)) {
            byte[] buffer = new byte[READ_AT_ONCE];
            long total = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                file.take(buffer, read);
                total += read;
                progress.accept(total);
            }
        }
        file.endLine(new byte[0], 0, 0);
        return new Reading(file.lineNumber, file.unreadable, file.firstUnreadable);
    }

    private void take(byte[] buffer, int length) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
                endLine(buffer, from, i - from);
                from = i + 1;
            }
        }
        keep(buffer, from, length - from);
    }

    private void keep(byte[] buffer, int from, int length) {
        // What is too long is not kept in full, and then is not JSON.
        int kept = Math.min(length, LONGEST_LINE - pendingBytes);
        if (pendingBytes + kept > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(2 * pending.length, pendingBytes + kept));
        }
        System.arraycopy(buffer, from, pending, pendingBytes, kept);
        pendingBytes += kept;
    }

    private void endLine(byte[] buffer, int from, int length) {
        if (pendingBytes > 0) {
            keep(buffer, from, length);
            line(pending, 0, pendingBytes);
            pendingBytes = 0;
        } else if (length > 0) {
            line(buffer, from, length);
        }
    }

    private void line(byte[] bytes, int from, int length) {
        lineNumber++;
        AccessRecord record;
        try {
            record = lines.read(bytes, from, length);
        } catch (NotARecord e) {
            unreadable++;
            if (firstUnreadable == null) {
                firstUnreadable = "line " + lineNumber + ": " + e.getMessage();
            }
            return;
        }
        records.accept(record);
    }
}
