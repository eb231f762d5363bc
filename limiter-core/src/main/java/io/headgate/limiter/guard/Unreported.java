package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalCounter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node has admitted by itself and the shared store does not know of yet, per counter. What would have drained
 * or expired in the shared store since then is not owed any more, and neither is more than the whole quota: each counter
 * here counts as the shared one would. Slots are not reported: the store gets to know a holder by its next renewal, and a
 * holder that does not renew has nothing to report.
 *
 * <p>Bounded to {@link #MAX_COUNTERS}; what is admitted of further counters is never reported. Thread-safe.
 */
final class Unreported {

    /** Most counters that are owed something at once. */
    static final int MAX_COUNTERS = 100_000;

    private final LongSupplier clock;
    private final Map<LimitKey, Owed> owed = new LinkedHashMap<>();
    private volatile boolean empty = true;

    private record Owed(Charge charge, LocalCounter counter) {}

    /** @param nowMicros the clock that the moments of admissions are on */
    Unreported(LongSupplier nowMicros) {
        this.clock = nowMicros;
    }

    /** Cheap enough to ask on every request. */
    boolean isEmpty() {
        return empty;
    }

    /** @param name of the admission: its moment, or a later one for quotas that name it by when it is over */
    synchronized void add(Charge charge, long name) {
        if (charge.quota() instanceof Concurrency) {
            return;
        }
        long atMicros = Math.min(name, clock.getAsLong());
        Owed known = owed.get(charge.key());
        if (known == null || !known.charge.quota().equals(charge.quota())) {
            if (owed.size() >= MAX_COUNTERS) {
                return;
            }
            known = new Owed(charge, new AlgorithmCounter(charge.quota()));
            owed.put(charge.key(), known);
            empty = false;
        }
        if (known.counter.usage(atMicros, charge).waitMicros() == 0) {
            known.counter.charge(atMicros, charge);
        }
    }

    /** Not to be reported after all. */
    synchronized void giveBack(Charge charge, long atMicros) {
        Owed known = owed.get(charge.key());
        if (known != null) {
            known.counter.refund(atMicros, charge);
        }
    }

    /** Whose charge came to another cost. */
    synchronized void settle(Charge charge, long name, long actual) {
        Owed known = owed.get(charge.key());
        if (known != null) {
            known.counter.settle(clock.getAsLong(), name, charge, actual);
        }
    }

    synchronized void forget(List<LimitKey> keys) {
        keys.forEach(owed::remove);
        empty = owed.isEmpty();
    }

    /** Takes out one charge of everything that one counter is still owed; null if nothing is owed. */
    synchronized @Nullable Charge take() {
        Iterator<Owed> oldest = owed.values().iterator();
        Charge charge = null;
        while (charge == null && oldest.hasNext()) {
            Owed next = oldest.next();
            oldest.remove();
            Charge first = next.charge;
            long consumed = first.quota().capacity()
                    - next.counter.usage(clock.getAsLong(), first.costing(1)).remaining();
            if (consumed > 0) {
                charge = first.costing(Math.min(consumed, first.quota().largestCost()));
            }
        }
        empty = owed.isEmpty();
        return charge;
    }
}
