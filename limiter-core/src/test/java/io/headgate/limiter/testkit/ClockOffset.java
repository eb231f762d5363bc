package io.headgate.limiter.testkit;

/**
 * How far one clock may be ahead of another: what has to be added to a reading of a node's clock to get the reference
 * clock's reading at the same moment. Known as an interval, because two clocks can only be compared by messages that
 * take their time.
 *
 * @param leastMicros it is at least this
 * @param mostMicros and at most this
 */
public record ClockOffset(long leastMicros, long mostMicros) {

    /** Of a clock to itself. */
    public static final ClockOffset NONE = new ClockOffset(0, 0);

    /** Of two clocks of which nothing is known. */
    public static final ClockOffset UNKNOWN = new ClockOffset(-(1L << 60), 1L << 60);

    /** @throws IllegalArgumentException if the interval is empty */
    public ClockOffset {
        if (leastMicros > mostMicros) {
            throw new IllegalArgumentException("offset: " + leastMicros + " to " + mostMicros + " (expected: rising)");
        }
    }

    /**
     * What one question and its answer tell (Cristian, "Probabilistic clock synchronization", Distributed Computing
     * 3(3), 1989). All readings are in whole microseconds, rounded down.
     *
     * @param before the reference clock when the node was asked for its time
     * @param reading what the node's clock said
     * @param after the reference clock when the node's answer came
     */
    public static ClockOffset of(long before, long reading, long after) {
        return new ClockOffset(before - reading - 1, after - reading + 1);
    }

    /**
     * The smallest interval that holds both. Of one question before a run and one after it, it bounds two clocks that
     * drift apart steadily.
     */
    public ClockOffset and(ClockOffset other) {
        return new ClockOffset(Math.min(leastMicros, other.leastMicros), Math.max(mostMicros, other.mostMicros));
    }

    boolean isExact() {
        return leastMicros == mostMicros;
    }

    /** The offset of this clock to another whose offset to the same reference is {@code frame}. */
    ClockOffset in(ClockOffset frame) {
        return new ClockOffset(leastMicros - frame.mostMicros, mostMicros - frame.leastMicros);
    }
}
