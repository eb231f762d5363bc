package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.LimitState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What a call asks of one limit: a charge as it travels to the member that holds its subject.
 *
 * @param limit which limit
 * @param quota how much it allows
 * @param cost tokens
 */
record LimitCall(long limit, Quota quota, long cost) {

    private static final int TOKEN_BUCKET = 1;
    private static final int SLIDING_WINDOW = 2;

    static LimitCall of(Charge charge) {
        return new LimitCall(charge.key().limit(), charge.quota(), charge.cost());
    }

    Algorithm algorithm() {
        return Algorithm.of(quota);
    }

    Counter counter(Algorithm algorithm, LimitState state, long nowMicros) {
        return new Counter(limit, state, nowMicros + algorithm.idleAfterMicros(state, nowMicros));
    }

    void pack(Packer packer) {
        packer.putLong(limit).putVarLong(cost);
        if (quota instanceof TokenBucket bucket) {
            packer.putByte(TOKEN_BUCKET)
                    .putVarLong(bucket.refill())
                    .putVarLong(Quota.micros("period", bucket.period()))
                    .putVarLong(bucket.burst());
        } else if (quota instanceof SlidingWindow window) {
            packer.putByte(SLIDING_WINDOW)
                    .putVarLong(window.limit())
                    .putVarLong(Quota.micros("window", window.window()));
        } else {
            throw new IllegalArgumentException("quota: " + quota + " (expected: a token bucket or a sliding window)");
        }
    }

    static LimitCall unpack(Unpacker unpacker) {
        long limit = unpacker.getLong();
        long cost = unpacker.getVarLong();
        int kind = unpacker.getByte();
        return switch (kind) {
            case TOKEN_BUCKET ->
                new LimitCall(
                        limit, new TokenBucket(unpacker.getVarLong(), duration(unpacker), unpacker.getVarLong()), cost);
            case SLIDING_WINDOW ->
                new LimitCall(limit, new SlidingWindow(unpacker.getVarLong(), duration(unpacker)), cost);
            default -> throw unpacker.unexpected("a quota of kind " + kind);
        };
    }

    private static Duration duration(Unpacker unpacker) {
        return Duration.of(unpacker.getVarLong(), ChronoUnit.MICROS);
    }
}
