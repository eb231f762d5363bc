package io.headgate.limiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * When something has to be looked at, known to all nodes: an upload that may have been given up. Whichever node asks is told
 * what is due; several that ask at the same time may be told the same, and whoever was the first to do something about
 * it has to be found out elsewhere, such as by {@link SharedNotes#remove}.
 *
 * <p>No node's clock matters. Every method returns at once; the stage completes exceptionally with {@link StoreUnavailable}
 * if there was no answer. A call that ended so may still have been applied. Implementations are thread-safe.
 */
public interface Reminders {

    /** Longest time until something may be due. */
    Duration LONGEST = Duration.ofDays(30);

    /**
     * Has something be due after a time, whatever was said of it before.
     *
     * @param after whole milliseconds, up to {@link #LONGEST}; stores may round it up to seconds
     */
    CompletionStage<Void> set(Subject about, Duration after);

    /** Has something not be due at all. */
    CompletionStage<Void> clear(Subject about);

    /**
     * What is due, in no promised order, and stays due until it is set or cleared.
     *
     * @param most how many at most
     */
    CompletionStage<List<Subject>> due(int most);

    /**
     * Checks the argument of {@link #set}.
     *
     * @throws IllegalArgumentException if the time is not positive, or too long
     */
    static void check(Duration after) {
        if (after.toMillis() < 1 || after.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "after: " + after + " (expected: a millisecond to " + LONGEST.toDays() + " days)");
        }
    }
}
