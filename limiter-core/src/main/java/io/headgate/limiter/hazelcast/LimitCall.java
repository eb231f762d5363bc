package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.Quota;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.algorithm.PenaltyState;
import org.jspecify.annotations.Nullable;

/**
 * What a call asks of one limit: a charge as it travels to the member that holds its subject.
 *
 * @param limit which limit
 * @param quota how much it allows
 * @param cost tokens
 * @param holder who holds a slot or wants to, {@code null} elsewhere
 */
record LimitCall(
        long limit, Quota quota, long cost, @Nullable Holder holder) {

    static LimitCall of(Charge charge) {
        return new LimitCall(charge.key().limit(), charge.quota(), charge.cost(), charge.holder());
    }

    Algorithm algorithm() {
        return Algorithm.of(quota, holder);
    }

    /** What this limit has counted so far, {@code null} if nothing. */
    @Nullable
    LimitState stored(SubjectState subject) {
        return PenaltyState.under(quota, subject.of(limit));
    }

    Counter counter(Algorithm algorithm, LimitState state, long nowMicros) {
        return new Counter(limit, state, nowMicros + algorithm.idleAfterMicros(state, nowMicros));
    }

    void pack(Packer packer) {
        packer.putLong(limit).putVarLong(cost);
        PackedQuota.pack(quota, packer);
        if (quota instanceof Concurrency) {
            packer.putByte(holder == null ? 0 : 1);
        }
        if (holder != null) {
            packer.putLong(holder.id());
        }
    }

    static LimitCall unpack(Unpacker unpacker) {
        long limit = unpacker.getLong();
        long cost = unpacker.getVarLong();
        Quota quota = PackedQuota.unpack(unpacker);
        boolean held = quota instanceof Concurrency && unpacker.getByte() == 1;
        return new LimitCall(limit, quota, cost, held ? new Holder(unpacker.getLong()) : null);
    }
}
