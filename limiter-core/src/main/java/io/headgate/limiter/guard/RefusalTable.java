package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Refusals by key and cost, in a fixed number of places. A key belongs to one set of {@value #WAYS} places, as in a
 * set-associative processor cache, so that every operation looks at {@value #WAYS} places and no more. A full set makes
 * room by second chance (Corbató, "A paging experiment with the Multics system", 1969): a refusal that has been used
 * since the hand last passed it stays, so that subjects which are refused once do not drive out those which keep coming.
 *
 * <p>Thread-safe. Reading takes no lock; writing locks one set, together with those that share its lock.
 */
final class RefusalTable {

    static final int WAYS = 8;

    private static final int LOCKS = 64;

    private final int sets;
    private final AtomicReferenceArray<@Nullable Refusal> places;

    /** Per set: the place that is next to make room. */
    private final byte[] hands;

    /** Per set: only what was asked for after this moment may be remembered. */
    private final long[] forgottenNanos;

    private final Object[] locks = new Object[LOCKS];

    /**
     * @param sets a power of two
     * @param nowNanos not after the first call that may be remembered is asked
     */
    RefusalTable(int sets, long nowNanos) {
        this.sets = sets;
        this.places = new AtomicReferenceArray<>(sets * WAYS);
        this.hands = new byte[sets];
        this.forgottenNanos = new long[sets];
        Arrays.fill(forgottenNanos, nowNanos - 1);
        Arrays.setAll(locks, i -> new Object());
    }

    /** The refusal that still answers this charge. One that was said of another quota of its key is dropped. */
    @Nullable
    Refusal find(Charge charge, long nowNanos) {
        int first = set(charge.key()) * WAYS;
        for (int place = first; place < first + WAYS; place++) {
            Refusal refusal = places.get(place);
            if (refusal == null || !refusal.key().equals(charge.key())) {
                continue;
            }
            if (!refusal.stands(nowNanos) || !refusal.isUnder(charge)) {
                places.compareAndSet(place, refusal, null);
            } else if (refusal.answers(charge)) {
                refusal.markUsed();
                return refusal;
            }
        }
        return null;
    }

    /** Keeps a refusal, unless its key was forgotten after it was asked for. */
    void remember(Charge charge, Refusal refusal, long nowNanos) {
        int set = set(charge.key());
        synchronized (lock(set)) {
            if (refusal.isAskedAfter(forgottenNanos[set])) {
                places.set(placeFor(charge, set, nowNanos), refusal);
            }
        }
    }

    private int placeFor(Charge charge, int set, long nowNanos) {
        int first = set * WAYS;
        int free = -1;
        for (int place = first; place < first + WAYS; place++) {
            Refusal refusal = places.get(place);
            if (refusal == null || !refusal.stands(nowNanos)) {
                free = place;
            } else if (refusal.key().equals(charge.key()) && refusal.answers(charge)) {
                return place;
            }
        }
        return free >= 0 ? free : secondChance(set);
    }

    private int secondChance(int set) {
        int first = set * WAYS;
        int hand = hands[set];
        for (int passed = 0; passed < WAYS; passed++) {
            Refusal refusal = places.get(first + hand);
            if (refusal == null || !refusal.takeMark()) {
                break;
            }
            hand = (hand + 1) % WAYS;
        }
        hands[set] = (byte) ((hand + 1) % WAYS);
        return first + hand;
    }

    /** Drops what is remembered of a key. */
    void forget(LimitKey key) {
        int first = set(key) * WAYS;
        for (int place = first; place < first + WAYS; place++) {
            Refusal refusal = places.get(place);
            if (refusal != null && refusal.key().equals(key)) {
                places.compareAndSet(place, refusal, null);
            }
        }
    }

    /** Drops what is remembered of a key, and whatever has been asked for it by now and is yet to be remembered. */
    void forgetUntil(LimitKey key, long nowNanos) {
        int set = set(key);
        synchronized (lock(set)) {
            // Not back again: who read the clock first may come last.
            if (nowNanos - forgottenNanos[set] > 0) {
                forgottenNanos[set] = nowNanos;
            }
            forget(key);
        }
    }

    private Object lock(int set) {
        return locks[set % LOCKS];
    }

    private int set(LimitKey key) {
        long mixed = (key.limit()
                        ^ key.subject().hi()
                        ^ Long.rotateLeft(key.subject().lo(), 32))
                * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & (sets - 1);
    }
}
