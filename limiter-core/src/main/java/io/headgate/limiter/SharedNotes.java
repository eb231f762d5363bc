package io.headgate.limiter;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Small notes that all nodes read and write, each about one thing that lives longer than a request: what has been reserved
 * for an upload. Kept beside the counters, and like them not for ever.
 *
 * <p>Every method returns at once; the stage completes exceptionally with {@link StoreUnavailable} if there was no answer.
 * A call that ended so may still have been applied. Implementations are thread-safe.
 */
public interface SharedNotes {

    /** Longest note, in bytes. */
    int MAX_SIZE = 4_096;

    /**
     * Writes a note in the place of the one before it.
     *
     * @param about what it is about
     * @param keep for how long to keep it, whole milliseconds
     */
    CompletionStage<Void> put(Subject about, byte[] note, Duration keep);

    /** The note; empty if there is none. */
    CompletionStage<Optional<byte[]>> get(Subject about);

    /** Takes the note away, for whoever is the first to: of several callers at once one gets it, the others nothing. */
    CompletionStage<Optional<byte[]>> remove(Subject about);

    /**
     * Checks the arguments of {@link #put}.
     *
     * @throws IllegalArgumentException if the note is too large, or the time is not positive
     */
    static void check(byte[] note, Duration keep) {
        if (note.length > MAX_SIZE) {
            throw new IllegalArgumentException("note: " + note.length + " bytes (expected: at most " + MAX_SIZE + ")");
        }
        if (keep.toMillis() < 1) {
            throw new IllegalArgumentException("keep: " + keep + " (expected: at least a millisecond)");
        }
    }
}
