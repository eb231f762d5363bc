package io.headgate.limiter.algorithm;

import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Slots held by lease (Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file cache
 * consistency", SOSP 1989): one per holder, renewed by charging it again, and over by itself once it is not.
 *
 * <p>Exact: never more than {@code slots} holders at a moment. Another number of slots takes none away from those who hold
 * one. Another length applies from a lease's next renewal on; one that would last more than twice the new length, as after
 * a step back of the clock, is cut to it. An admission is named by its moment, and a renewal by 0, since it takes nothing:
 * a refund ends the lease unless it has been renewed after that moment.
 */
final class ConcurrencyAlgorithm implements Algorithm {

    private final long slots;
    private final long lease;
    private final @Nullable Holder holder;

    ConcurrencyAlgorithm(Concurrency quota, @Nullable Holder holder) {
        this.slots = quota.slots();
        this.lease = Quota.micros("lease", quota.lease());
        this.holder = holder;
    }

    @Override
    public LeasesState advance(@Nullable LimitState stored, long nowMicros) {
        if (!(stored instanceof LeasesState state)) {
            return LeasesState.EMPTY;
        }
        int over = 0;
        while (over < state.size() && state.end(over) <= nowMicros) {
            over++;
        }
        LeasesState live = state.withoutFirst(over);
        return steppedBack(live, nowMicros) ? live.endingBy(nowMicros + lease) : live;
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        return stored instanceof LeasesState state && steppedBack(state, nowMicros) ? advance(state, nowMicros) : null;
    }

    private boolean steppedBack(LeasesState state, long nowMicros) {
        return state.size() > 0 && state.newestEnd() - nowMicros > 2 * lease;
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        LeasesState state = (LeasesState) advanced;
        long free = slots - state.size();
        // Of more holders than slots, some have to leave before one more fits.
        int first = (int) Math.max(0, -free);
        long nextEnd = state.size() == 0 ? 0 : state.end(first) - nowMicros;
        boolean fits = free > 0 || place(state) >= 0;
        return new Usage(Math.max(0, free), nextEnd, fits ? 0 : nextEnd);
    }

    private int place(LeasesState state) {
        return holder == null ? -1 : state.indexOf(holder.id());
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        if (holder == null) {
            throw new IllegalStateException("a slot without a holder can only be looked at");
        }
        LeasesState state = (LeasesState) advanced;
        int place = place(state);
        LeasesState others = place < 0 ? state : state.without(place);
        return new Charged(others.with(holder.id(), nowMicros + lease), place < 0 ? nowMicros : 0);
    }

    @Override
    public boolean reads(LimitState stored) {
        return stored instanceof LeasesState;
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        if (!(stored instanceof LeasesState state)) {
            return stored;
        }
        int place = place(state);
        return place >= 0 && state.end(place) - lease <= atMicros ? state.without(place) : state;
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        return stored instanceof LeasesState state && state.size() > 0 ? Math.max(0, state.newestEnd() - nowMicros) : 0;
    }
}
