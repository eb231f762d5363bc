package io.headgate.limiter.algorithm;

import java.util.Arrays;

/** Who holds a slot until when: pairs of (holder, end of its lease), the lease that ends first in front. */
public final class LeasesState implements LimitState {

    static final LeasesState EMPTY = new LeasesState(new long[0]);

    private final long[] pairs;

    private LeasesState(long[] pairs) {
        this.pairs = pairs;
    }

    /**
     * State of these pairs: holder, end, holder, end, …
     *
     * @throws IllegalArgumentException if the length is odd or an end is before the one in front of it
     */
    public static LeasesState of(long... pairs) {
        if (pairs.length % 2 != 0) {
            throw new IllegalArgumentException("pairs: " + pairs.length + " numbers (expected: an even count)");
        }
        for (int i = 3; i < pairs.length; i += 2) {
            if (pairs[i] < pairs[i - 2]) {
                throw new IllegalArgumentException("pairs: end " + pairs[i] + " at " + i + " (expected: rising ends)");
            }
        }
        return new LeasesState(pairs.clone());
    }

    /** A copy of the pairs: holder, end, holder, end, … */
    public long[] toPairs() {
        return pairs.clone();
    }

    int size() {
        return pairs.length / 2;
    }

    long end(int i) {
        return pairs[2 * i + 1];
    }

    long newestEnd() {
        return pairs[pairs.length - 1];
    }

    /** Where the holder's lease stands, -1 if it has none. */
    int indexOf(long holder) {
        for (int i = 0; i < size(); i++) {
            if (pairs[2 * i] == holder) {
                return i;
            }
        }
        return -1;
    }

    LeasesState withoutFirst(int count) {
        return count == 0 ? this : new LeasesState(Arrays.copyOfRange(pairs, 2 * count, pairs.length));
    }

    LeasesState without(int i) {
        long[] next = new long[pairs.length - 2];
        System.arraycopy(pairs, 0, next, 0, 2 * i);
        System.arraycopy(pairs, 2 * i + 2, next, 2 * i, pairs.length - 2 * i - 2);
        return new LeasesState(next);
    }

    LeasesState with(long holder, long end) {
        int place = size();
        while (place > 0 && end(place - 1) > end) {
            place--;
        }
        long[] next = new long[pairs.length + 2];
        System.arraycopy(pairs, 0, next, 0, 2 * place);
        next[2 * place] = holder;
        next[2 * place + 1] = end;
        System.arraycopy(pairs, 2 * place, next, 2 * place + 2, pairs.length - 2 * place);
        return new LeasesState(next);
    }

    LeasesState endingBy(long latest) {
        long[] next = pairs.clone();
        for (int i = 1; i < next.length; i += 2) {
            next[i] = Math.min(next[i], latest);
        }
        return new LeasesState(next);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LeasesState that && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pairs);
    }

    @Override
    public String toString() {
        return "LeasesState" + Arrays.toString(pairs);
    }
}
