package io.headgate.limiter.local;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.Charged;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.algorithm.PenaltyState;
import org.jspecify.annotations.Nullable;

/** A counter that keeps the state of one of our own {@linkplain Algorithm algorithms}. */
public final class AlgorithmCounter implements LocalCounter {

    private Algorithm unheld;
    private @Nullable LimitState state;

    /** A fresh counter of {@code quota}. */
    public AlgorithmCounter(Quota quota) {
        this.unheld = Algorithm.of(quota, null);
    }

    @Override
    public boolean accepts(Quota quota) {
        return true;
    }

    @Override
    public void adopt(Quota quota, long nowMicros) {
        unheld = Algorithm.of(quota, null);
        state = PenaltyState.under(quota, state);
    }

    private Algorithm algorithm(Charge charge) {
        return charge.holder() == null ? unheld : Algorithm.of(charge.quota(), charge.holder());
    }

    @Override
    public Usage usage(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        return algorithm.usage(algorithm.advance(state, nowMicros), nowMicros, charge.cost());
    }

    @Override
    public Taken charge(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        Charged charged = algorithm.charge(algorithm.advance(state, nowMicros), nowMicros, charge.cost());
        state = charged.state();
        return new Taken(charged.atMicros(), charged.delayMicros());
    }

    @Override
    public Usage refuse(long nowMicros, Charge charge) {
        LimitState kept = algorithm(charge).keptOnRefusal(state, nowMicros, charge.cost());
        if (kept != null) {
            state = kept;
        }
        return usage(nowMicros, charge);
    }

    @Override
    public void refund(long atMicros, Charge charge) {
        if (state != null) {
            state = algorithm(charge).refund(state, atMicros, charge.cost());
        }
    }

    @Override
    public long idleAfterMicros(long nowMicros) {
        return state == null ? 0 : unheld.idleAfterMicros(state, nowMicros);
    }
}
