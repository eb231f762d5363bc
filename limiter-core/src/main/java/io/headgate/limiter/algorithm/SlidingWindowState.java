package io.headgate.limiter.algorithm;

import java.util.Arrays;

/**
 * Admissions that may still count in a sliding window: pairs of (last microsecond of a slice, tokens admitted in it),
 * oldest first, and the limit they were counted under. The slices are written as moments and not as numbers, so that a
 * state outlives a change of its window.
 */
public final class SlidingWindowState implements LimitState {

    private final long limit;
    private final long[] pairs;

    private SlidingWindowState(long limit, long[] pairs) {
        this.limit = limit;
        this.pairs = pairs;
    }

    static SlidingWindowState empty(long limit) {
        return new SlidingWindowState(limit, new long[0]);
    }

    /**
     * State of these pairs, of which it is not known what they are a share of: slice end, tokens, slice end, tokens, …
     *
     * @throws IllegalArgumentException if the length is odd or the ends do not rise
     */
    public static SlidingWindowState of(long... pairs) {
        if (pairs.length % 2 != 0) {
            throw new IllegalArgumentException("pairs: " + pairs.length + " numbers (expected: an even count)");
        }
        for (int i = 2; i < pairs.length; i += 2) {
            if (pairs[i] <= pairs[i - 2]) {
                throw new IllegalArgumentException("pairs: end " + pairs[i] + " at " + i + " (expected: rising ends)");
            }
        }
        return new SlidingWindowState(0, pairs.clone());
    }

    /** What the tokens are a share of; 0 if they were written before that was kept. */
    public long limit() {
        return limit;
    }

    /**
     * The same shares of another limit: whatever of it still counts at any moment to come, it is its share, rounded up.
     */
    public SlidingWindowState under(long other) {
        if (other == limit) {
            return this;
        }
        if (limit == 0 || size() == 0) {
            return new SlidingWindowState(other, pairs);
        }
        long[] next = new long[pairs.length];
        int first = pairs.length;
        long later = 0;
        long carriedLater = 0;
        for (int i = pairs.length - 2; i >= 0; i -= 2) {
            later += pairs[i + 1];
            long carried = CarryOver.carried(later, limit, other);
            if (carried > carriedLater) {
                first -= 2;
                next[first] = pairs[i];
                next[first + 1] = carried - carriedLater;
                carriedLater = carried;
            }
        }
        return new SlidingWindowState(other, Arrays.copyOfRange(next, first, next.length));
    }

    /** A copy of the pairs: slice end, tokens, slice end, tokens, … */
    public long[] toPairs() {
        return pairs.clone();
    }

    int size() {
        return pairs.length / 2;
    }

    long end(int i) {
        return pairs[2 * i];
    }

    long tokens(int i) {
        return pairs[2 * i + 1];
    }

    long newestEnd() {
        return pairs[pairs.length - 2];
    }

    long total() {
        long total = 0;
        for (int i = 1; i < pairs.length; i += 2) {
            total += pairs[i];
        }
        return total;
    }

    SlidingWindowState withoutOldest(int count) {
        return count == 0 ? this : new SlidingWindowState(limit, Arrays.copyOfRange(pairs, 2 * count, pairs.length));
    }

    SlidingWindowState without(int i) {
        long[] next = new long[pairs.length - 2];
        System.arraycopy(pairs, 0, next, 0, 2 * i);
        System.arraycopy(pairs, 2 * i + 2, next, 2 * i, pairs.length - 2 * i - 2);
        return new SlidingWindowState(limit, next);
    }

    SlidingWindowState withTokens(int i, long tokens) {
        long[] next = pairs.clone();
        next[2 * i + 1] = tokens;
        return new SlidingWindowState(limit, next);
    }

    SlidingWindowState append(long end, long tokens) {
        long[] next = Arrays.copyOf(pairs, pairs.length + 2);
        next[pairs.length] = end;
        next[pairs.length + 1] = tokens;
        return new SlidingWindowState(limit, next);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlidingWindowState that && limit == that.limit && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(limit) + Arrays.hashCode(pairs);
    }

    @Override
    public String toString() {
        return "SlidingWindowState[" + Arrays.toString(pairs) + " of " + limit + "]";
    }
}
