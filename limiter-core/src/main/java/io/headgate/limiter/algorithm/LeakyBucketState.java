package io.headgate.limiter.algorithm;

/**
 * A queue, remembered as the moment at which all that was admitted to it will have left:
 * {@code emptyAtMicros + parts/denominator} microseconds. Kept as a moment and not as a backlog, so that a change of the
 * rate moves nobody's turn.
 *
 * @param emptyAtMicros whole microseconds of that moment
 * @param parts parts of one more microsecond, 0 to {@code denominator - 1}
 * @param denominator in how many parts a microsecond was counted, at least 1
 * @param atMicros the latest moment that this state has seen
 */
public record LeakyBucketState(long emptyAtMicros, long parts, long denominator, long atMicros) implements LimitState {

    /** When the queue is empty, rounded up. */
    long endMicros() {
        return parts == 0 ? emptyAtMicros : emptyAtMicros + 1;
    }
}
