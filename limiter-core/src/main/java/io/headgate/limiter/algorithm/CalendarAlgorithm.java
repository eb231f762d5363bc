package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A budget that begins anew with each day, week or month of a zone: a fixed window whose borders are those of the
 * calendar. Never admits more than its limit from one border to the next; around a border twice the limit may pass in any
 * short time, which is what a daily budget means.
 *
 * <p>Days of 23 and 25 hours are as long as they are. When the zone changes, a budget goes on until its old end or the
 * new one, whichever is later. An admission is named by the end of its budget.
 */
final class CalendarAlgorithm implements Algorithm {

    private final CalendarQuota quota;
    private final long longest;

    CalendarAlgorithm(CalendarQuota quota) {
        this.quota = quota;
        this.longest = CalendarPeriods.longestMicros(quota.unit());
    }

    @Override
    public CalendarState advance(@Nullable LimitState stored, long nowMicros) {
        long end = CalendarPeriods.around(quota, nowMicros).next();
        if (!(stored instanceof CalendarState state)
                || state.unit() != quota.unit()
                || state.endMicros() <= nowMicros) {
            return state(0, end);
        }
        return state(used(state), steppedBack(state, nowMicros) ? end : Math.max(end, state.endMicros()));
    }

    private CalendarState state(long used, long end) {
        return new CalendarState(quota.unit(), used, end, quota.limit());
    }

    /** The share of this quota's limit that has been used. */
    private long used(CalendarState state) {
        return CarryOver.carried(state.used(), state.limit(), quota.limit());
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        return stored instanceof CalendarState state && state.unit() == quota.unit() && steppedBack(state, nowMicros)
                ? advance(state, nowMicros)
                : null;
    }

    /** A budget that is yet to begin, and not only next, is one of a clock that has been corrected. */
    private boolean steppedBack(CalendarState state, long nowMicros) {
        return state.endMicros() - nowMicros > 2 * longest;
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        CalendarState state = (CalendarState) advanced;
        long remaining = Math.max(0, quota.limit() - state.used());
        long left = state.endMicros() - nowMicros;
        return new Usage(remaining, state.used() == 0 ? 0 : left, cost <= remaining ? 0 : left);
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        CalendarState state = (CalendarState) advanced;
        return new Charged(state(state.used() + cost, state.endMicros()), state.endMicros());
    }

    @Override
    public boolean reads(LimitState stored) {
        return stored instanceof CalendarState;
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        return stored instanceof CalendarState state && state.unit() == quota.unit() && state.endMicros() == atMicros
                ? state(Math.max(0, used(state) - back), state.endMicros())
                : stored;
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        return stored instanceof CalendarState state && state.used() > 0
                ? Math.max(0, state.endMicros() - nowMicros)
                : 0;
    }
}
