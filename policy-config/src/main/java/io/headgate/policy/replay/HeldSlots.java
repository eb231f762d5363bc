package io.headgate.policy.replay;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Quota;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The slots that requests under way hold: each is renewed as long as its request takes, and given back then. */
final class HeldSlots {

    /** A gateway renews a lease when so much of it has passed: one in so many parts. */
    private static final int RENEWALS_PER_LEASE = 2;

    /**
     * A slot, and when something has to be done about it.
     *
     * @param slot whose it is
     * @param account where it is counted
     * @param atMicros when to renew it, or to give it back
     * @param endMicros when its request ends
     */
    private record Held(Charge slot, Account account, long atMicros, long endMicros) {}

    private final PriorityQueue<Held> held = new PriorityQueue<>(Comparator.comparingLong(Held::atMicros));

    /** That a request which ends at {@code endMicros} has taken a slot now. */
    void add(Charge slot, Account account, long nowMicros, long endMicros) {
        if (endMicros <= nowMicros) {
            account.release(slot);
        } else {
            long renewal = nowMicros + Quota.micros("lease", ((Concurrency) slot.quota()).lease()) / RENEWALS_PER_LEASE;
            held.add(new Held(slot, account, Math.min(renewal, endMicros), endMicros));
        }
    }

    /** Does what had to be done by now. */
    void catchUp(long nowMicros) {
        while (!held.isEmpty() && held.element().atMicros() <= nowMicros) {
            Held due = held.remove();
            if (due.atMicros() < due.endMicros()) {
                due.account().take(due.atMicros(), due.slot());
            }
            add(due.slot(), due.account(), due.atMicros(), due.endMicros());
        }
    }
}
