package io.headgate.limiter.algorithm;

import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Leaky bucket as a queue (Turner, "New directions in communications", IEEE Communications Magazine 24(10), 1986), kept by
 * the virtual scheduling of ITU-T I.371 annex A: the turn of a call is now, or when all before it have left, whichever is
 * later; the queue is empty again when its own tokens have left after that.
 *
 * <p>Exact: the end of the queue is a whole number of parts of a microsecond, and only the delay told is rounded, up to the
 * next microsecond. So turns come in the order of admission, each at least as long after the one before as the tokens of
 * that one take, less than a microsecond short of it at the most. A call is refused if its turn comes later than the longest
 * delay, whatever it brings itself.
 *
 * <p>An admission is named by the moment at which its tokens will have left, rounded up. Only the last of the queue can be
 * given back: those behind another have been told when their turn comes, and so its place passes unused. A change of the
 * rate or of the longest delay moves nobody's turn; whoever comes next comes after them.
 */
public final class LeakyBucketAlgorithm implements Algorithm {

    private final Rate rate;
    private final long longestDelay;
    private final long longestQueue;
    private final long capacity;

    LeakyBucketAlgorithm(LeakyBucket quota) {
        this.rate = Rate.of(quota.rate(), Quota.micros("period", quota.period()));
        this.longestDelay = Quota.micros("longestDelay", quota.longestDelay());
        this.longestQueue = longestQueueMicros(quota);
        this.capacity = turnsWithin(longestDelay, 0);
    }

    /** From now to the end of the longest queue that can form. */
    public static long longestQueueMicros(LeakyBucket quota) {
        Rate rate = Rate.of(quota.rate(), Quota.micros("period", quota.period()));
        return Quota.micros("longestDelay", quota.longestDelay()) + rate.microsFor(quota.largestCost(), 0);
    }

    @Override
    public LeakyBucketState advance(@Nullable LimitState stored, long nowMicros) {
        if (!(stored instanceof LeakyBucketState state)) {
            return new LeakyBucketState(nowMicros, 0, rate.tokens(), nowMicros);
        }
        LeakyBucketState own = inOwnParts(state);
        if (steppedBack(own, nowMicros)) {
            return new LeakyBucketState(
                    own.emptyAtMicros() - (own.atMicros() - nowMicros), own.parts(), rate.tokens(), nowMicros);
        }
        long at = Math.max(own.atMicros(), nowMicros);
        return own.endMicros() <= nowMicros
                ? new LeakyBucketState(nowMicros, 0, rate.tokens(), at)
                : new LeakyBucketState(own.emptyAtMicros(), own.parts(), rate.tokens(), at);
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        return stored instanceof LeakyBucketState state && steppedBack(state, nowMicros)
                ? advance(state, nowMicros)
                : null;
    }

    private boolean steppedBack(LeakyBucketState state, long nowMicros) {
        return state.atMicros() - nowMicros > longestQueue;
    }

    /** The same moment in this rate's parts of a microsecond. */
    private LeakyBucketState inOwnParts(LeakyBucketState state) {
        return state.denominator() == rate.tokens()
                ? state
                : new LeakyBucketState(state.endMicros(), 0, rate.tokens(), state.atMicros());
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        LeakyBucketState state = (LeakyBucketState) advanced;
        long slack = longestDelay - (state.emptyAtMicros() - nowMicros);
        long remaining = turnsWithin(slack, state.parts());
        long replenish = remaining == capacity ? 0 : rate.microsFor(remaining, state.parts()) - slack;
        return new Usage(remaining, replenish, Math.max(0, delay(state, nowMicros) - longestDelay));
    }

    private static long delay(LeakyBucketState state, long nowMicros) {
        return Math.max(0, state.endMicros() - nowMicros);
    }

    /** How many calls of one token get a turn within {@code micros} after the end of the queue, less its parts. */
    private long turnsWithin(long micros, long parts) {
        if (micros < 0) {
            return 0;
        }
        long whole = micros / rate.micros() * rate.tokens();
        return Math.max(0, whole + Math.floorDiv(micros % rate.micros() * rate.tokens() - parts, rate.micros()) + 1);
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        LeakyBucketState state = (LeakyBucketState) advanced;
        long parts = cost % rate.tokens() * rate.micros() + state.parts();
        LeakyBucketState charged = new LeakyBucketState(
                state.emptyAtMicros() + cost / rate.tokens() * rate.micros() + parts / rate.tokens(),
                parts % rate.tokens(),
                rate.tokens(),
                state.atMicros());
        return new Charged(charged, charged.endMicros(), delay(state, nowMicros));
    }

    @Override
    public boolean reads(LimitState stored) {
        return stored instanceof LeakyBucketState;
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        if (!(stored instanceof LeakyBucketState state) || state.endMicros() != atMicros) {
            return stored;
        }
        LeakyBucketState own = inOwnParts(state);
        long parts = own.parts() - back % rate.tokens() * rate.micros();
        return new LeakyBucketState(
                own.emptyAtMicros() - back / rate.tokens() * rate.micros() + Math.floorDiv(parts, rate.tokens()),
                Math.floorMod(parts, rate.tokens()),
                rate.tokens(),
                own.atMicros());
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        return stored instanceof LeakyBucketState state ? delay(state, nowMicros) : 0;
    }
}
