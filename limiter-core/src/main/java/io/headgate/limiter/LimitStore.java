package io.headgate.limiter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the counters and decides on them. The store owns time (its own clock, in microseconds, never running backwards
 * for a counter) and atomicity; callers bring neither.
 *
 * <p>Every method returns at once; the stage completes on a thread of the store's choosing, exceptionally with
 * {@link StoreUnavailable} (and nothing else but bugs) if the store gave no answer. A call that ended so may still have
 * been applied.
 *
 * <p>Implementations are thread-safe. {@code LimitStoreContract} in this module's test jar states what each of them
 * promises.
 */
public interface LimitStore {

    /** Most charges one call may carry. */
    int MAX_CHARGES = 32;

    /**
     * Applies all charges or none.
     *
     * @param charges 1 to {@link #MAX_CHARGES} charges with distinct keys
     * @return the decision; its usages stand in the order of the charges
     * @throws IllegalArgumentException if there are no charges, too many, or two for one key; or if nobody is named to
     *     hold a slot of a {@link Concurrency} limit
     */
    CompletionStage<Decision> acquire(List<Charge> charges);

    /**
     * Gives back what an earlier {@link #acquire} of the same charges took, as if that call had never been admitted.
     * What has drained or expired since is not given back twice, so a refund never opens room for more than the quota
     * allows. Call it at most once per admission.
     *
     * @param charges the charges as they were acquired
     * @param admission the decision that applied them
     */
    CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission);

    /**
     * Replaces what was reserved by what the call came to. What was too much is given back as by {@link #refund}; what was
     * too little is consumed now, without asking, but never more than there is left: a counter does not go beyond its
     * quota. 0 gives everything back.
     *
     * <p>A reservation is settled at most once. The store remembers it by its id for a minute at least, and for up to an
     * hour as long as what was reserved may still count; so a settlement that got no answer may be asked for again. One that
     * is never settled stays what it was when it was admitted, and drains or expires like any admission.
     *
     * @param actual tokens of each charge, in their order
     * @throws IllegalArgumentException as {@link Reservation#checkSettlement}
     */
    CompletionStage<Void> settle(Reservation reservation, List<Long> actual);

    /**
     * Forgets what has been counted: the next call finds the quota untouched, and no block. Of a subject everything is
     * forgotten by naming all of its limits.
     *
     * @param keys 1 to {@link #MAX_CHARGES} counters
     * @throws IllegalArgumentException if there are none, or too many
     */
    CompletionStage<Void> reset(List<LimitKey> keys);

    /**
     * Gives back slots of {@link Concurrency} limits whose holders are done, however often they have renewed them.
     * Without effect where a holder has none.
     *
     * @param charges the charges as they were acquired
     * @throws IllegalArgumentException as for {@link #acquire}, and if a charge is not for a slot
     */
    default CompletionStage<Void> release(List<Charge> charges) {
        checkTakeable(charges);
        List<Usage> unknown = new ArrayList<>(charges.size());
        for (Charge charge : charges) {
            if (!(charge.quota() instanceof Concurrency)) {
                throw new IllegalArgumentException("charges: " + charge.quota() + " (expected: slots only)");
            }
            unknown.add(new Usage(0, 0, 0));
        }
        // A refund spares a lease that was renewed later than the admission it names: this one is later than all.
        List<Long> afterAll = Collections.nCopies(charges.size(), Quota.MAX_COUNT);
        return refund(charges, new Decision.Allowed(unknown, Decision.Source.STORE, afterAll));
    }

    /**
     * Reads without consuming.
     *
     * @param charges what to look at; each cost is used for {@link Usage#waitMicros()} only
     * @return state of each limit, in the order of the charges
     */
    CompletionStage<List<Usage>> peek(List<Charge> charges);

    /**
     * Checks the arguments of a call.
     *
     * @throws IllegalArgumentException if there are no charges, too many, or two for one key
     */
    static void check(List<Charge> charges) {
        int size = charges.size();
        if (size < 1 || size > MAX_CHARGES) {
            throw new IllegalArgumentException("charges: " + size + " (expected: 1 to " + MAX_CHARGES + ")");
        }
        for (int i = 1; i < size; i++) {
            for (int j = 0; j < i; j++) {
                if (charges.get(i).key().equals(charges.get(j).key())) {
                    throw new IllegalArgumentException("charges: two for one key, at " + j + " and " + i);
                }
            }
        }
    }

    /**
     * Checks the arguments of a reset.
     *
     * @throws IllegalArgumentException if there are no keys, or too many
     */
    static void checkKeys(List<LimitKey> keys) {
        if (keys.isEmpty() || keys.size() > MAX_CHARGES) {
            throw new IllegalArgumentException("keys: " + keys.size() + " (expected: 1 to " + MAX_CHARGES + ")");
        }
    }

    /**
     * Checks the arguments of a call that takes something.
     *
     * @throws IllegalArgumentException as {@link #check} does, and if nobody is named to hold a slot
     */
    static void checkTakeable(List<Charge> charges) {
        check(charges);
        for (int i = 0; i < charges.size(); i++) {
            if (charges.get(i).quota() instanceof Concurrency && charges.get(i).holder() == null) {
                throw new IllegalArgumentException("charges: no holder at " + i + " (expected: one to hold the slot)");
            }
        }
    }
}
