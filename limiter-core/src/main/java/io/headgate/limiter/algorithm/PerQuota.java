package io.headgate.limiter.algorithm;

import io.headgate.limiter.Quota;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a quota alone, so that it is worked out once and not for every one of the thousands of counters of that
 * quota. A fixed number of places, each for the latest quota that fell on it: one that is not there any more is worked out
 * anew. Thread-safe, without a lock.
 *
 * @param <Q> kind of quota
 * @param <T> what follows from it; immutable
 */
public final class PerQuota<Q extends Quota, T> {

    private static final int PLACES = 1 << 8;

    private record Known<Q, T>(Q quota, T value) {}

    /** Written without order between threads: a place that is seen late costs working it out again. */
    private final @Nullable Known<?, ?>[] places = new Known<?, ?>[PLACES];

    private final Function<Q, T> workingOut;

    /** @param workingOut what to do for a quota that is not known */
    public PerQuota(Function<Q, T> workingOut) {
        this.workingOut = workingOut;
    }

    /** What follows from this quota. */
    @SuppressWarnings("unchecked") // the key is equal to this quota, and so the value was made of one like it
    public T of(Q quota) {
        int hash = quota.hashCode();
        int place = (hash ^ hash >>> 8 ^ hash >>> 16) & PLACES - 1;
        Known<?, ?> known = places[place];
        if (known != null && (known.quota == quota || known.quota.equals(quota))) {
            return (T) known.value;
        }
        T value = workingOut.apply(quota);
        places[place] = new Known<>(quota, value);
        return value;
    }
}
