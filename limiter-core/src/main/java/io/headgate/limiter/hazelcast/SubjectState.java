package io.headgate.limiter.hazelcast;

import io.headgate.limiter.algorithm.CalendarState;
import io.headgate.limiter.algorithm.LeakyBucketState;
import io.headgate.limiter.algorithm.LeasesState;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.algorithm.PenaltyState;
import io.headgate.limiter.algorithm.SettledState;
import io.headgate.limiter.algorithm.SlidingWindowState;
import io.headgate.limiter.algorithm.TokenBucketState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted of one subject: the value of its map entry. Kept there as bytes:
 *
 * <pre>
 * version 1, count of counters, and per counter
 *   limit (8 bytes), idle at
 *   1 for a token bucket,   then owed, fraction, denominator, idle at - at
 *   2 for a sliding window, then count of slices, and per slice end - the end before (first: end - idle at), tokens
 *   3 for a calendar quota, then number of the unit (1 byte), used, idle at - end
 *   4 for slots,            then count of leases, and per lease holder (8 bytes), end - the end before (first: - idle at)
 *   5 for a leaky bucket,   then parts, denominator, idle at - empty at, idle at - at
 *   6 for a block,          then idle at - until, and the kind and state of what it blocks
 *   7, 8, 9 for a token bucket, a sliding window, a calendar quota of which it is known what the count is a share of:
 *                           that burst or limit, and then as 1, 2, 3
 *   10 for a settlement,    whose limit is its mark, then nothing
 * </pre>
 *
 * Numbers are variable-length integers ({@link Packer}) where not said otherwise. Bytes of another version are not read:
 * a node that cannot know what they mean has no answer.
 *
 * @param counters at most one per limit
 */
record SubjectState(List<Counter> counters) {

    /** Most settlements that are remembered of a subject at a time. */
    static final int MOST_SETTLEMENTS = 256;

    static final SubjectState EMPTY = new SubjectState(List.of());

    private static final int VERSION = 1;
    private static final int TOKEN_BUCKET = 1;
    private static final int SLIDING_WINDOW = 2;
    private static final int CALENDAR = 3;
    private static final int LEASES = 4;
    private static final int LEAKY_BUCKET = 5;
    private static final int BLOCK = 6;
    private static final int SHARE_OF_BUCKET = 7;
    private static final int SHARE_OF_WINDOW = 8;
    private static final int SHARE_OF_CALENDAR = 9;
    private static final int SETTLED = 10;

    SubjectState {
        counters = List.copyOf(counters);
    }

    /** What the limit has counted, {@code null} if nothing. */
    @Nullable
    LimitState of(long limit) {
        for (Counter counter : counters) {
            if (counter.limit() == limit) {
                return counter.state();
            }
        }
        return null;
    }

    /** This state with some counters replaced or added, and without all those that are idle by now. */
    SubjectState with(List<Counter> changed, long nowMicros) {
        List<Counter> next = new ArrayList<>(counters.size() + changed.size());
        for (Counter counter : counters) {
            if (changed.stream().noneMatch(other -> other.limit() == counter.limit())) {
                next.add(counter);
            }
        }
        next.addAll(changed);
        next.removeIf(counter -> counter.idleAtMicros() <= nowMicros);
        return new SubjectState(next);
    }

    /** Whether anything is kept for this limit that still matters. */
    boolean counts(long limit, long nowMicros) {
        return counters.stream().anyMatch(counter -> counter.limit() == limit && counter.idleAtMicros() > nowMicros);
    }

    SubjectState without(List<Long> limits) {
        return new SubjectState(counters.stream()
                .filter(counter -> !limits.contains(counter.limit()))
                .toList());
    }

    /** This state without the oldest settlements of too many. */
    SubjectState withFewSettlements() {
        long settlements = counters.stream().filter(SubjectState::isSettlement).count();
        if (settlements <= MOST_SETTLEMENTS) {
            return this;
        }
        List<Counter> kept = new ArrayList<>(counters.size());
        long over = settlements - MOST_SETTLEMENTS;
        for (Counter counter : counters) {
            if (over == 0 || !isSettlement(counter)) {
                kept.add(counter);
            } else {
                over--;
            }
        }
        return new SubjectState(kept);
    }

    private static boolean isSettlement(Counter counter) {
        return counter.state() instanceof SettledState;
    }

    /** From when on nothing here is worth keeping. */
    long idleAtMicros() {
        return counters.stream().mapToLong(Counter::idleAtMicros).max().orElse(0);
    }

    byte[] toBytes() {
        Packer packer = new Packer().putByte(VERSION).putVarLong(counters.size());
        for (Counter counter : counters) {
            packer.putLong(counter.limit()).putVarLong(counter.idleAtMicros());
            pack(packer, counter.state(), counter.idleAtMicros());
        }
        return packer.toBytes();
    }

    private static void pack(Packer packer, LimitState state, long idleAt) {
        if (state instanceof TokenBucketState bucket) {
            pack(kind(packer, TOKEN_BUCKET, SHARE_OF_BUCKET, bucket.burst()), bucket, idleAt);
        } else if (state instanceof SlidingWindowState window) {
            pack(kind(packer, SLIDING_WINDOW, SHARE_OF_WINDOW, window.limit()), window, idleAt);
        } else if (state instanceof CalendarState budget) {
            pack(kind(packer, CALENDAR, SHARE_OF_CALENDAR, budget.limit()), budget, idleAt);
        } else if (state instanceof LeasesState leases) {
            pack(packer.putByte(LEASES), leases, idleAt);
        } else if (state instanceof LeakyBucketState queue) {
            pack(packer.putByte(LEAKY_BUCKET), queue, idleAt);
        } else if (state instanceof PenaltyState block) {
            pack(packer.putByte(BLOCK).putVarLong(idleAt - block.untilMicros()), block.counted(), idleAt);
        } else if (state instanceof SettledState) {
            packer.putByte(SETTLED);
        }
    }

    private static Packer kind(Packer packer, int unknownShare, int share, long of) {
        return of == 0 ? packer.putByte(unknownShare) : packer.putByte(share).putVarLong(of);
    }

    private static void pack(Packer packer, TokenBucketState bucket, long idleAt) {
        packer.putVarLong(bucket.owed())
                .putVarLong(bucket.fraction())
                .putVarLong(bucket.denominator())
                .putVarLong(idleAt - bucket.atMicros());
    }

    private static void pack(Packer packer, SlidingWindowState window, long idleAt) {
        long[] pairs = window.toPairs();
        packer.putVarLong(pairs.length / 2);
        long before = idleAt;
        for (int i = 0; i < pairs.length; i += 2) {
            packer.putVarLong(pairs[i] - before).putVarLong(pairs[i + 1]);
            before = pairs[i];
        }
    }

    private static void pack(Packer packer, CalendarState budget, long idleAt) {
        packer.putByte(budget.unit().number()).putVarLong(budget.used()).putVarLong(idleAt - budget.endMicros());
    }

    private static void pack(Packer packer, LeasesState leases, long idleAt) {
        long[] pairs = leases.toPairs();
        packer.putVarLong(pairs.length / 2);
        long before = idleAt;
        for (int i = 0; i < pairs.length; i += 2) {
            packer.putLong(pairs[i]).putVarLong(pairs[i + 1] - before);
            before = pairs[i + 1];
        }
    }

    private static void pack(Packer packer, LeakyBucketState queue, long idleAt) {
        packer.putVarLong(queue.parts())
                .putVarLong(queue.denominator())
                .putVarLong(idleAt - queue.emptyAtMicros())
                .putVarLong(idleAt - queue.atMicros());
    }

    /** @param bytes as {@link #toBytes} made them, {@code null} if nothing is counted */
    static SubjectState of(byte @Nullable [] bytes) {
        if (bytes == null) {
            return EMPTY;
        }
        Unpacker unpacker = new Unpacker("state of a subject", bytes);
        unpacker.expectVersion(VERSION);
        int count = unpacker.getCount();
        List<Counter> counters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            counters.add(counter(unpacker));
        }
        unpacker.expectEnd();
        return new SubjectState(counters);
    }

    private static Counter counter(Unpacker unpacker) {
        long limit = unpacker.getLong();
        long idleAt = unpacker.getVarLong();
        return new Counter(limit, state(unpacker, idleAt), idleAt);
    }

    private static LimitState state(Unpacker unpacker, long idleAt) {
        int kind = unpacker.getByte();
        return switch (kind) {
            case TOKEN_BUCKET -> bucket(0, unpacker, idleAt);
            case SLIDING_WINDOW -> window(unpacker, idleAt);
            case CALENDAR -> budget(0, unpacker, idleAt);
            case SHARE_OF_BUCKET -> bucket(unpacker.getVarLong(), unpacker, idleAt);
            case SHARE_OF_WINDOW -> windowOf(unpacker.getVarLong(), unpacker, idleAt);
            case SHARE_OF_CALENDAR -> budget(unpacker.getVarLong(), unpacker, idleAt);
            case LEASES -> leases(unpacker, idleAt);
            case LEAKY_BUCKET -> queue(unpacker, idleAt);
            case BLOCK -> block(idleAt - unpacker.getVarLong(), state(unpacker, idleAt));
            case SETTLED -> new SettledState();
            default -> throw unpacker.unexpected("a counter of kind " + kind);
        };
    }

    private static PenaltyState block(long until, LimitState counted) {
        return new PenaltyState(counted, until);
    }

    private static LeakyBucketState queue(Unpacker unpacker, long idleAt) {
        long parts = unpacker.getVarLong();
        long denominator = unpacker.getVarLong();
        return new LeakyBucketState(idleAt - unpacker.getVarLong(), parts, denominator, idleAt - unpacker.getVarLong());
    }

    private static TokenBucketState bucket(long burst, Unpacker unpacker, long idleAt) {
        return new TokenBucketState(
                unpacker.getVarLong(),
                unpacker.getVarLong(),
                unpacker.getVarLong(),
                idleAt - unpacker.getVarLong(),
                burst);
    }

    private static CalendarState budget(long limit, Unpacker unpacker, long idleAt) {
        return new CalendarState(
                PackedQuota.unit(unpacker), unpacker.getVarLong(), idleAt - unpacker.getVarLong(), limit);
    }

    private static LeasesState leases(Unpacker unpacker, long idleAt) {
        long[] pairs = new long[2 * unpacker.getCount()];
        long before = idleAt;
        for (int i = 0; i < pairs.length; i += 2) {
            pairs[i] = unpacker.getLong();
            before += unpacker.getVarLong();
            pairs[i + 1] = before;
        }
        return LeasesState.of(pairs);
    }

    private static SlidingWindowState windowOf(long limit, Unpacker unpacker, long idleAt) {
        return window(unpacker, idleAt).under(limit);
    }

    private static SlidingWindowState window(Unpacker unpacker, long idleAt) {
        long[] pairs = new long[2 * unpacker.getCount()];
        long before = idleAt;
        for (int i = 0; i < pairs.length; i += 2) {
            before += unpacker.getVarLong();
            pairs[i] = before;
            pairs[i + 1] = unpacker.getVarLong();
        }
        return SlidingWindowState.of(pairs);
    }
}
