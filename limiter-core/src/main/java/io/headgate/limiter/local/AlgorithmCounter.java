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

    private Quota quota;
    private Algorithm unheld;
    private @Nullable LimitState state;

    /** A fresh counter of {@code quota}. */
    public AlgorithmCounter(Quota quota) {
        this.quota = quota;
        this.unheld = Algorithm.of(quota, null);
    }

    /** The state says itself what it is a share of. */
    @Override
    public LocalCounter under(Quota other, long nowMicros) {
        // Nearly always the same one: comparing its parts would cost more than its arithmetic.
        if (other != quota && !other.equals(quota)) {
            quota = other;
            unheld = Algorithm.of(other, null);
        }
        return this;
    }

    private Algorithm algorithm(Charge charge) {
        return charge.holder() == null
                        && (charge.quota() == quota || charge.quota().equals(quota))
                ? unheld
                : Algorithm.of(charge.quota(), charge.holder());
    }

    private @Nullable LimitState stored(Charge charge) {
        return PenaltyState.under(charge.quota(), state);
    }

    @Override
    public Usage usage(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        return algorithm.usage(algorithm.advance(stored(charge), nowMicros), nowMicros, charge.cost());
    }

    @Override
    public Taken charge(long nowMicros, Charge charge) {
        Algorithm algorithm = algorithm(charge);
        Charged charged = algorithm.charge(algorithm.advance(stored(charge), nowMicros), nowMicros, charge.cost());
        state = charged.state();
        return new Taken(charged.atMicros(), charged.delayMicros());
    }

    @Override
    public Usage refuse(long nowMicros, Charge charge) {
        LimitState kept = algorithm(charge).keptOnRefusal(stored(charge), nowMicros, charge.cost());
        if (kept != null) {
            state = kept;
        }
        return usage(nowMicros, charge);
    }

    @Override
    public void refund(long atMicros, Charge charge) {
        if (state != null) {
            state = algorithm(charge).refund(state, atMicros, charge.cost(), charge.cost());
        }
    }

    @Override
    public void settle(long nowMicros, long atMicros, Charge charge, long actual) {
        state = algorithm(charge).settle(state, nowMicros, atMicros, charge.cost(), actual);
    }

    @Override
    public long idleAfterMicros(long nowMicros) {
        LimitState stored = PenaltyState.under(quota, state);
        return stored == null ? 0 : unheld.idleAfterMicros(stored, nowMicros);
    }
}
