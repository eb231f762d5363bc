package io.headgate.limiter.algorithm;

import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one quota. A store reads the stored state, {@linkplain #advance advances} it to its own now, asks what
 * is {@linkplain #usage left}, and, once every limit of the call fits, {@linkplain #charge charges} and keeps what
 * comes out. A call that does not fit leaves the stored state as it was, but for what {@link #keptOnRefusal} says.
 *
 * <p>States are handed in as stored; a state of another kind of quota counts as none. What was counted under another number
 * of the same kind counts as the same share ({@link CarryOver}). Immutable and thread-safe.
 */
public sealed interface Algorithm
        permits TokenBucketAlgorithm,
                SlidingWindowAlgorithm,
                CalendarAlgorithm,
                LeakyBucketAlgorithm,
                ConcurrencyAlgorithm,
                PenaltyAlgorithm {

    /**
     * The algorithm that enforces {@code quota}.
     *
     * @param holder for whom, where the quota is a {@link Concurrency} that is not only looked at
     */
    static Algorithm of(Quota quota, @Nullable Holder holder) {
        return holder == null ? ByQuota.UNHELD.of(quota) : quota.fold(new ByQuota(holder));
    }

    /**
     * Brings a stored state to {@code nowMicros}: what has drained or expired by then is gone.
     *
     * <p>Time that runs backwards grants nothing: the state stays at the latest moment it has seen. After a step back of
     * more than the quota's own period it continues from now instead, with everything still counted, so that a
     * corrected clock freezes nobody for longer than that period.
     *
     * @param stored as kept by the store, {@code null} if there is none
     */
    LimitState advance(@Nullable LimitState stored, long nowMicros);

    /**
     * What has to be kept although the call is refused, whichever limit refused it; {@code null} if nothing, as nearly
     * always. A state that goes on from now after a step back of the clock is kept, or the next call would start the wait
     * over again; so is the block that begins when this limit is one of those that refuse.
     *
     * @param stored as kept by the store
     * @param cost what the call asked for
     */
    @Nullable
    LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost);

    /**
     * What is left in an advanced state, and when {@code cost} tokens would fit.
     *
     * @param advanced a state that {@link #advance} returned for this {@code nowMicros}, charged or not
     * @param cost tokens, 1 to the quota's largest cost
     */
    Usage usage(LimitState advanced, long nowMicros, long cost);

    /**
     * Consumes {@code cost} tokens of an advanced state. Only to be called when its usage has no wait.
     */
    Charged charge(LimitState advanced, long nowMicros, long cost);

    /** Whether this is a state of this kind of quota. */
    boolean reads(LimitState stored);

    /**
     * Gives back {@code back} of an admission of {@code cost} tokens: exactly, if the state has not been charged since;
     * otherwise at least what is certain not to have drained or expired already. Without effect on a state of another kind.
     *
     * @param atMicros what the admission was {@linkplain Charged#atMicros named by}
     * @param back 1 to {@code cost}
     */
    LimitState refund(LimitState stored, long atMicros, long cost, long back);

    /**
     * Replaces the {@code cost} of an admission by what it came to: gives back what was too much, or consumes now what was
     * too little, as far as it is there. Without effect on a state of another kind.
     *
     * @param stored as kept by the store, {@code null} if there is none
     * @param atMicros what the admission was named by
     * @param actual 0 or more
     * @return what to keep, {@code null} if there is still nothing
     */
    default @Nullable LimitState settle(
            @Nullable LimitState stored, long nowMicros, long atMicros, long cost, long actual) {
        if (stored != null && !reads(stored)) {
            return stored;
        }
        if (actual <= cost) {
            return stored == null || actual == cost ? stored : refund(stored, atMicros, cost, cost - actual);
        }
        LimitState advanced = advance(stored, nowMicros);
        long more = Math.min(actual - cost, usage(advanced, nowMicros, 1).remaining());
        return more == 0 ? stored : charge(advanced, nowMicros, more).state();
    }

    /** Microseconds after {@code nowMicros} at which this state is worth no more than having none, rounded up. */
    long idleAfterMicros(LimitState stored, long nowMicros);
}
