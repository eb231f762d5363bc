package io.headgate.limiter.local;

import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.LimitState;
import org.jspecify.annotations.Nullable;

/** A counter that keeps the state of one of our own {@linkplain Algorithm algorithms}. */
public final class AlgorithmCounter implements LocalCounter {

    private Algorithm algorithm;
    private @Nullable LimitState state;

    /** A fresh counter of {@code quota}. */
    public AlgorithmCounter(Quota quota) {
        this.algorithm = Algorithm.of(quota);
    }

    @Override
    public boolean accepts(Quota quota) {
        return true;
    }

    @Override
    public void adopt(Quota quota, long nowMicros) {
        algorithm = Algorithm.of(quota);
    }

    @Override
    public Usage usage(long nowMicros, long cost) {
        LimitState advanced = algorithm.advance(state, nowMicros);
        if (algorithm.steppedBack(state, nowMicros)) {
            state = advanced;
        }
        return algorithm.usage(advanced, nowMicros, cost);
    }

    @Override
    public void charge(long nowMicros, long cost) {
        state = algorithm.charge(algorithm.advance(state, nowMicros), nowMicros, cost);
    }

    @Override
    public void refund(long atMicros, long cost) {
        if (state != null) {
            state = algorithm.refund(state, atMicros, cost);
        }
    }

    @Override
    public long idleAfterMicros(long nowMicros) {
        return state == null ? 0 : algorithm.idleAfterMicros(state, nowMicros);
    }
}
