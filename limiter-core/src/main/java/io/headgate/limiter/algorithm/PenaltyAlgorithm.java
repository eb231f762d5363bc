package io.headgate.limiter.algorithm;

import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A quota whose refusal starts a block. While none runs, the state is that of the quota and nothing else; a block adds its
 * end, and the quota goes on draining underneath. A call during a block changes nothing, and so does not lengthen it. A block
 * that would last longer than it is set to, after a step back of the clock or a change of the policy, is cut to its length.
 *
 * <p>Admissions are named as the quota names them. Giving one back does not end a block.
 */
final class PenaltyAlgorithm implements Algorithm {

    private final Algorithm counted;
    private final long block;

    PenaltyAlgorithm(Penalty quota, Algorithm counted) {
        this.counted = counted;
        this.block = Quota.micros("block", quota.block());
    }

    @Override
    public LimitState advance(@Nullable LimitState stored, long nowMicros) {
        LimitState advanced = counted.advance(countedIn(stored), nowMicros);
        return stored instanceof PenaltyState blocked && blocked.untilMicros() > nowMicros
                ? new PenaltyState(advanced, Math.min(blocked.untilMicros(), nowMicros + block))
                : advanced;
    }

    private static @Nullable LimitState countedIn(@Nullable LimitState stored) {
        return stored instanceof PenaltyState blocked ? blocked.counted() : stored;
    }

    @Override
    public @Nullable LimitState keptOnRefusal(@Nullable LimitState stored, long nowMicros, long cost) {
        LimitState kept = counted.keptOnRefusal(countedIn(stored), nowMicros, cost);
        LimitState advanced = advance(stored, nowMicros);
        if (advanced instanceof PenaltyState running) {
            boolean isCut = stored instanceof PenaltyState before && before.untilMicros() != running.untilMicros();
            return isCut || kept != null ? running : null;
        }
        boolean refuses = counted.usage(advanced, nowMicros, cost).waitMicros() > 0;
        return refuses ? new PenaltyState(advanced, nowMicros + block) : kept;
    }

    @Override
    public Usage usage(LimitState advanced, long nowMicros, long cost) {
        if (!(advanced instanceof PenaltyState blocked)) {
            return counted.usage(advanced, nowMicros, cost);
        }
        Usage usage = counted.usage(blocked.counted(), nowMicros, cost);
        long rest = blocked.untilMicros() - nowMicros;
        long replenish = usage.remaining() == 0 ? Math.max(rest, usage.replenishMicros()) : rest;
        return new Usage(0, replenish, Math.max(rest, usage.waitMicros()));
    }

    @Override
    public Charged charge(LimitState advanced, long nowMicros, long cost) {
        return counted.charge(advanced, nowMicros, cost);
    }

    @Override
    public boolean reads(LimitState stored) {
        return counted.reads(stored instanceof PenaltyState blocked ? blocked.counted() : stored);
    }

    @Override
    public LimitState refund(LimitState stored, long atMicros, long cost, long back) {
        return stored instanceof PenaltyState blocked
                ? new PenaltyState(counted.refund(blocked.counted(), atMicros, cost, back), blocked.untilMicros())
                : counted.refund(stored, atMicros, cost, back);
    }

    /** Also what was too little is consumed under a block. */
    @Override
    public @Nullable LimitState settle(
            @Nullable LimitState stored, long nowMicros, long atMicros, long cost, long actual) {
        LimitState settled = counted.settle(countedIn(stored), nowMicros, atMicros, cost, actual);
        return stored instanceof PenaltyState blocked && settled != null
                ? new PenaltyState(settled, blocked.untilMicros())
                : settled;
    }

    @Override
    public long idleAfterMicros(LimitState stored, long nowMicros) {
        return stored instanceof PenaltyState blocked
                ? Math.max(blocked.untilMicros() - nowMicros, counted.idleAfterMicros(blocked.counted(), nowMicros))
                : counted.idleAfterMicros(stored, nowMicros);
    }
}
