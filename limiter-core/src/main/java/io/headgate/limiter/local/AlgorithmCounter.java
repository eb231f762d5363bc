package io.headgate.limiter.local;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.Charged;
import io.headgate.limiter.algorithm.LimitState;
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
    }

    private Algorithm algorithm(Charge charge) {
        return charge.holder() == null ? unheld : Algorithm.of(charge.quota(), charge.holder());
    }

    @Override
    public Usage usage(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        LimitState advanced = algorithm.advance(state, nowMicros);
        if (algorithm.steppedBack(state, nowMicros)) {
            state = advanced;
        }
        return algorithm.usage(advanced, nowMicros, charge.cost());
    }

    @Override
    public long charge(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        Charged charged = algorithm.charge(algorithm.advance(state, nowMicros), nowMicros, charge.cost());
        state = charged.state();
        return charged.atMicros();
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
