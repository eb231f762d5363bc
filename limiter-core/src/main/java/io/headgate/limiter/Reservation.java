package io.headgate.limiter;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An admission whose call will show only later what it costs, kept until it is settled: an upload of a declared length, a
 * stream of unknown length.
 *
 * @param id no other reservation's; what a store knows its settlement by
 * @param charges what was reserved
 * @param admission the decision that reserved it
 */
public record Reservation(long id, List<Charge> charges, Decision.Allowed admission) {

    public Reservation {
        charges = List.copyOf(charges);
    }

    /** A reservation of its own for this admission. Make one only, and keep it: it is what a settlement is known by. */
    public static Reservation of(List<Charge> charges, Decision.Allowed admission) {
        return new Reservation(ThreadLocalRandom.current().nextLong(), charges, admission);
    }

    /**
     * Checks what the charges have come to.
     *
     * @throws IllegalArgumentException if there is not one number per charge, or one is negative, above
     *     {@link Quota#MAX_COUNT}, or of a slot more than one
     */
    public void checkSettlement(List<Long> actual) {
        if (actual.size() != charges.size()) {
            throw new IllegalArgumentException(
                    "actual: " + actual.size() + " (expected: one for each of " + charges.size() + " charges)");
        }
        for (int i = 0; i < actual.size(); i++) {
            long most = charges.get(i).quota() instanceof Concurrency ? 1 : Quota.MAX_COUNT;
            if (actual.get(i) < 0 || actual.get(i) > most) {
                throw new IllegalArgumentException("actual: " + actual.get(i) + " (expected: 0 to " + most + ")");
            }
        }
    }
}
