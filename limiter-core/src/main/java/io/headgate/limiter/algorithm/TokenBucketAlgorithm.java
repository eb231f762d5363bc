package io.headgate.limiter.algorithm;

import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Token bucket as a meter: what was taken is a debt that drains at the refill rate, and a call fits while debt and cost
 * together stay within the burst (Turner, "New directions in communications", IEEE Communications Magazine 24(10),
 * 1986; the same bucket as ITU-T I.371 annex A, GCRA).
 *
 * <p>Exact: with m = {@link Rate#micros()} parts to a token the debt is a whole number of parts, one microsecond drains
 * {@link Rate#tokens()} of them, and nothing is ever rounded but the answers ({@code remaining} down, waits up). Over
 * any interval T it admits at most burst + rate · T. A refund after further charges, and a change of the rate or of the
 * burst, may leave up to one token more owed than a perfect bucket would. An admission is named by the moment it counts from: now, or
 * the latest the state had seen, if the clock is behind that.
 */
final class TokenBucketAlgorithm implements Algorithm {

    private final long burst;
    private final Rate rate;
    private final long fillMicros;

    TokenBucketAlgorithm(TokenBucket quota) {
        this.burst = quota.burst();
        this.rate = Rate.of(quota.refill(), Quota.micros("period", quota.period()));
        this.fillMicros = rate.microsFor(burst, 0);
    }

    @Override
    public TokenBucketState advance(@Nullable LimitState stored, long nowMicros) {
        if (!(stored instanceof TokenBucketState state)) {
            return state(0, 0, nowMicros);
        }
        TokenBucketState own = inOwnParts(state);
        if (steppedBack(own, nowMicros)) {
            return state(own.owed(), own.fraction(), nowMicros);
        }
        if (nowMicros <= own.atMicros()) {
            return own;
        }
        return drained(own, nowMicros);
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        return stored instanceof TokenBucketState state && steppedBack(state, nowMicros)
                ? advance(state, nowMicros)
                : null;
    }

    private boolean steppedBack(TokenBucketState state, long nowMicros) {
        return state.atMicros() - fillMicros > nowMicros;
    }

    /** The same share of this burst, in this rate's parts of a token. */
    private TokenBucketState inOwnParts(TokenBucketState state) {
        if (state.denominator() == rate.micros() && state.burst() == burst && state.owed() < burst) {
            return state;
        }
        boolean countedByParts = state.denominator() == rate.micros() && (state.burst() == burst || state.burst() == 0);
        boolean roundsUp = state.fraction() > 0 && !countedByParts;
        long owed = CarryOver.carried(roundsUp ? state.owed() + 1 : state.owed(), state.burst(), burst);
        return owed >= burst
                ? state(burst, 0, state.atMicros())
                : state(owed, countedByParts ? state.fraction() : 0, state.atMicros());
    }

    private TokenBucketState state(long owed, long fraction, long atMicros) {
        return new TokenBucketState(owed, fraction, rate.micros(), atMicros, burst);
    }

    private TokenBucketState drained(TokenBucketState state, long nowMicros) {
        long elapsed = nowMicros - state.atMicros();
        long periods = elapsed / rate.micros();
        if (periods > state.owed() / rate.tokens()) {
            return state(0, 0, nowMicros);
        }
        long parts = elapsed % rate.micros() * rate.tokens();
        long owed = state.owed() - periods * rate.tokens() - parts / rate.micros();
        long fraction = state.fraction() - parts % rate.micros();
        if (fraction < 0) {
            owed--;
            fraction += rate.micros();
        }
        return owed < 0 ? state(0, 0, nowMicros) : state(owed, fraction, nowMicros);
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        TokenBucketState state = (TokenBucketState) advanced;
        long taken = state.owed() + (state.fraction() > 0 ? 1 : 0);
        long remaining = burst - taken;
        long ahead = state.atMicros() - nowMicros;
        long replenish = taken == 0 ? 0 : ahead + microsUntilFits(state, remaining + 1);
        long wait = cost <= remaining ? 0 : ahead + microsUntilFits(state, cost);
        return new Usage(remaining, replenish, wait);
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        TokenBucketState state = (TokenBucketState) advanced;
        return new Charged(state(state.owed() + cost, state.fraction(), state.atMicros()), state.atMicros());
    }

    @Override
    public boolean reads(LimitState stored) {
        return stored instanceof TokenBucketState;
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        if (!(stored instanceof TokenBucketState state)) {
            return stored;
        }
        TokenBucketState own = inOwnParts(state);
        // While later charges kept the bucket busy this much of the admission may have drained without a trace.
        TokenBucketState left = drained(state(cost, 0, Math.min(atMicros, own.atMicros())), own.atMicros());
        boolean allOfIt = left.owed() >= back;
        long owed = own.owed() - (allOfIt ? back : left.owed());
        long fraction = own.fraction() - (allOfIt ? 0 : left.fraction());
        if (fraction < 0) {
            owed--;
            fraction += rate.micros();
        }
        return owed < 0 ? state(0, 0, own.atMicros()) : state(owed, fraction, own.atMicros());
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        if (!(stored instanceof TokenBucketState state)) {
            return 0;
        }
        TokenBucketState own = inOwnParts(state);
        return Math.max(0, own.atMicros() - nowMicros + rate.microsFor(own.owed(), own.fraction()));
    }

    private long microsUntilFits(TokenBucketState state, long cost) {
        return rate.microsFor(state.owed() + cost - burst, state.fraction());
    }
}
