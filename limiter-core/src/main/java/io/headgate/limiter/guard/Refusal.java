package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Usage;

/**
 * What one limit said when it refused one charge, and until when that is certain to stand. Times are readings of a
 * monotonic clock in nanoseconds, compared by difference.
 */
final class Refusal {

    private static final long MICRO = 1_000;

    private final Charge charge;
    private final long remaining;
    private final long askedNanos;
    private final long moreAtNanos;
    private final long fitsAtNanos;
    private final long endsNanos;

    /** Written without order between threads: a mark that is lost or late costs a place in the table, not an answer. */
    private boolean used;

    /**
     * @param usage of a limit that has to wait
     * @param askedNanos before the call was sent
     * @param answeredNanos after the answer came
     */
    Refusal(Charge charge, Usage usage, long askedNanos, long answeredNanos) {
        this.charge = charge;
        this.remaining = usage.remaining();
        this.askedNanos = askedNanos;
        this.moreAtNanos = answeredNanos + usage.replenishMicros() * MICRO;
        this.fitsAtNanos = answeredNanos + usage.waitMicros() * MICRO;
        // The store reads its clock in whole microseconds, and so may count from up to one before it was asked.
        this.endsNanos =
                askedNanos + Math.min((usage.waitMicros() - 1) * MICRO, DenyCacheLimitStore.LONGEST_HOLD.toNanos());
    }

    LimitKey key() {
        return charge.key();
    }

    /** Whether the store would still refuse. */
    boolean stands(long nowNanos) {
        return nowNanos - endsNanos < 0;
    }

    /** Whether it was asked for only after this moment. */
    boolean isAskedAfter(long nanos) {
        return askedNanos - nanos > 0;
    }

    /** Whether this was said of the same quota. */
    boolean isUnder(Charge other) {
        // Nearly always the same one: comparing its parts costs more than all the rest of finding a refusal.
        return charge.quota() == other.quota() || charge.quota().equals(other.quota());
    }

    /** Whether it is an answer to this charge, which is on the same key. */
    boolean answers(Charge other) {
        return charge.cost() == other.cost() && isUnder(other);
    }

    /**
     * What the limit would say now, its waits counted down from when its answer came. More than {@code remaining} may
     * have been regained since, though not enough for the charge.
     */
    Usage usage(long nowNanos) {
        return new Usage(remaining, Math.max(1, micros(moreAtNanos - nowNanos)), micros(fitsAtNanos - nowNanos));
    }

    private static long micros(long nanos) {
        return Math.floorDiv(nanos + MICRO - 1, MICRO);
    }

    void markUsed() {
        if (!used) {
            used = true;
        }
    }

    /** Whether it has been used since it was last asked this. */
    boolean takeMark() {
        boolean marked = used;
        used = false;
        return marked;
    }
}
