package io.headgate.limiter.algorithm;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Sliding window over a log of slices. Admissions are counted by the slice of time they fall into, and a slice counts
 * in full until its last microsecond has left the window.
 *
 * <p>A limit of at most {@value #LARGEST_LOG} has slices of one microsecond, which makes it an exact log: an admission
 * counts for exactly one window. A larger limit has {@value #SLICES} slices to the window; an admission then counts for
 * at least one window and at most one window and one slice. So no interval as long as the window ever holds more than
 * the limit, and the worst-case error, all of it on the refusing side, is one slice of extra wait: 1/{@value #SLICES} of
 * the window. (The two-counter approximation that interpolates the previous window errs on both sides; the sliced log
 * is Datar, Gionis, Indyk and Motwani's basic-window scheme, "Maintaining stream statistics over sliding windows", SIAM
 * J. Comput. 31(6), 2002, with the boundary slice always counted.)
 *
 * <p>A state holds at most {@value #SLICES} + 1 pairs. An admission is named by the moment it counts from: now, or the
 * start of the newest slice, if the clock is behind that.
 */
public final class SlidingWindowAlgorithm implements Algorithm {

    static final long LARGEST_LOG = 60;
    static final long SLICES = 60;

    private final long limit;
    private final long window;
    private final long slice;
    private final SlidingWindowState empty;

    SlidingWindowAlgorithm(SlidingWindow quota) {
        this.limit = quota.limit();
        this.window = Quota.micros("window", quota.window());
        this.slice = sliceMicros(quota);
        this.empty = SlidingWindowState.empty(limit);
    }

    /** Length of a slice: 1 for an exact log, else the window's {@value #SLICES}th part, rounded up. */
    public static long sliceMicros(SlidingWindow quota) {
        long window = Quota.micros("window", quota.window());
        return quota.limit() <= LARGEST_LOG ? 1 : (window + SLICES - 1) / SLICES;
    }

    @Override
    public SlidingWindowState advance(@Nullable LimitState stored, long nowMicros) {
        if (!(stored instanceof SlidingWindowState state) || state.size() == 0) {
            return empty;
        }
        if (steppedBack(state, nowMicros)) {
            return empty.append(sliceEnd(nowMicros), CarryOver.carried(state.total(), state.limit(), limit));
        }
        long now = notBefore(state, nowMicros);
        int expired = 0;
        while (expired < state.size() && state.end(expired) + window <= now) {
            expired++;
        }
        return state.withoutOldest(expired).under(limit);
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        return stored instanceof SlidingWindowState state && state.size() > 0 && steppedBack(state, nowMicros)
                ? advance(state, nowMicros)
                : null;
    }

    private boolean steppedBack(SlidingWindowState state, long nowMicros) {
        return state.newestEnd() - slice - window > nowMicros;
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        SlidingWindowState state = (SlidingWindowState) advanced;
        long used = state.total();
        long remaining = Math.max(0, limit - used);
        long replenish = used == 0 ? 0 : microsUntilFits(state, nowMicros, used, remaining + 1);
        long wait = cost <= remaining ? 0 : microsUntilFits(state, nowMicros, used, cost);
        return new Usage(remaining, replenish, wait);
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        SlidingWindowState state = (SlidingWindowState) advanced;
        int newest = state.size() - 1;
        long now = newest < 0 ? nowMicros : notBefore(state, nowMicros);
        SlidingWindowState charged = newest >= 0 && state.end(newest) >= now
                ? state.withTokens(newest, state.tokens(newest) + cost)
                : state.append(sliceEnd(now), cost);
        return new Charged(charged, notBefore(charged, nowMicros));
    }

    @Override
    public boolean reads(LimitState stored) {
        return stored instanceof SlidingWindowState;
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        if (!(stored instanceof SlidingWindowState counted)) {
            return stored;
        }
        SlidingWindowState state = counted.under(limit);
        for (int i = 0; i < state.size(); i++) {
            if (state.end(i) >= atMicros) {
                boolean holdsTheMoment = state.end(i) - slice < atMicros;
                if (!holdsTheMoment) {
                    return stored;
                }
                return state.tokens(i) > back ? state.withTokens(i, state.tokens(i) - back) : state.without(i);
            }
        }
        return stored;
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        if (!(stored instanceof SlidingWindowState state) || state.size() == 0) {
            return 0;
        }
        return Math.max(0, state.newestEnd() + window - nowMicros);
    }

    /** The clock's now, or the start of the newest slice if the clock has fallen behind it. */
    private long notBefore(SlidingWindowState state, long nowMicros) {
        return Math.max(nowMicros, state.newestEnd() - slice + 1);
    }

    private long sliceEnd(long nowMicros) {
        return nowMicros - nowMicros % slice + slice - 1;
    }

    private long microsUntilFits(SlidingWindowState state, long nowMicros, long used, long cost) {
        long excess = used + cost - limit;
        int oldest = 0;
        while (excess > state.tokens(oldest)) {
            excess -= state.tokens(oldest);
            oldest++;
        }
        return state.end(oldest) + window - nowMicros;
    }
}
