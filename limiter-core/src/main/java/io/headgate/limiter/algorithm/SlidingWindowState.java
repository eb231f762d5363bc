package io.headgate.limiter.algorithm;

import java.util.Arrays;

/**
 * Admissions that may still count in a sliding window: pairs of (last microsecond of a slice, tokens admitted in it),
 * oldest first, and the limit they were counted under. The slices are written as moments and not as numbers, so that a
 * state outlives a change of its window.
 */
public final class SlidingWindowState implements LimitState {

    private static final long[] NONE = {};

    private final long limit;

    /**
     * Never written to, and shared by states that differ only in what has expired and in the newest slice: most admissions
     * fall into the slice of the one before, and then copy nothing.
     */
    private final long[] pairs;

    /** Where the oldest pair begins that still counts. */
    private final int first;

    /** Tokens of the newest slice, whatever the pairs say; 0 if there is none. */
    private final long newestTokens;

    private final long total;

    private SlidingWindowState(long limit, long[] pairs, int first, long newestTokens, long total) {
        this.limit = limit;
        this.pairs = pairs;
        this.first = first;
        this.newestTokens = newestTokens;
        this.total = total;
    }

    /** @param pairs which nobody else writes to */
    private static SlidingWindowState counting(long limit, long[] pairs) {
        long total = 0;
        for (int i = 1; i < pairs.length; i += 2) {
            total += pairs[i];
        }
        return new SlidingWindowState(limit, pairs, 0, pairs.length == 0 ? 0 : pairs[pairs.length - 1], total);
    }

    static SlidingWindowState empty(long limit) {
        return counting(limit, NONE);
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
        return counting(0, pairs.clone());
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
            return new SlidingWindowState(other, pairs, first, newestTokens, total);
        }
        long[] next = new long[pairs.length];
        int kept = next.length;
        long later = 0;
        long carriedLater = 0;
        for (int i = size() - 1; i >= 0; i--) {
            later += tokens(i);
            long carried = CarryOver.carried(later, limit, other);
            if (carried > carriedLater) {
                kept -= 2;
                next[kept] = end(i);
                next[kept + 1] = carried - carriedLater;
                carriedLater = carried;
            }
        }
        return counting(other, Arrays.copyOfRange(next, kept, next.length));
    }

    /** A copy of the pairs: slice end, tokens, slice end, tokens, … */
    public long[] toPairs() {
        return copyWithRoomFor(0);
    }

    private long[] copyWithRoomFor(int more) {
        int length = pairs.length - first;
        long[] copy = Arrays.copyOfRange(pairs, first, pairs.length + more);
        if (length > 0) {
            copy[length - 1] = newestTokens;
        }
        return copy;
    }

    int size() {
        return (pairs.length - first) / 2;
    }

    long end(int i) {
        return pairs[first + 2 * i];
    }

    long tokens(int i) {
        int at = first + 2 * i + 1;
        return at == pairs.length - 1 ? newestTokens : pairs[at];
    }

    long newestEnd() {
        return pairs[pairs.length - 2];
    }

    long total() {
        return total;
    }

    SlidingWindowState withoutOldest(int count) {
        if (count == 0) {
            return this;
        }
        long left = total;
        for (int i = 0; i < count; i++) {
            left -= tokens(i);
        }
        return count == size()
                ? empty(limit)
                : new SlidingWindowState(limit, pairs, first + 2 * count, newestTokens, left);
    }

    SlidingWindowState without(int i) {
        long[] all = toPairs();
        long[] next = new long[all.length - 2];
        System.arraycopy(all, 0, next, 0, 2 * i);
        System.arraycopy(all, 2 * i + 2, next, 2 * i, next.length - 2 * i);
        return counting(limit, next);
    }

    SlidingWindowState withTokens(int i, long tokens) {
        if (i == size() - 1) {
            return new SlidingWindowState(limit, pairs, first, tokens, total - newestTokens + tokens);
        }
        long[] next = toPairs();
        next[2 * i + 1] = tokens;
        return counting(limit, next);
    }

    SlidingWindowState append(long end, long tokens) {
        long[] next = copyWithRoomFor(2);
        next[next.length - 2] = end;
        next[next.length - 1] = tokens;
        return new SlidingWindowState(limit, next, 0, tokens, total + tokens);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlidingWindowState that
                && limit == that.limit
                && Arrays.equals(toPairs(), that.toPairs());
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(limit) + Arrays.hashCode(toPairs());
    }

    @Override
    public String toString() {
        return "SlidingWindowState[" + Arrays.toString(toPairs()) + " of " + limit + "]";
    }
}
