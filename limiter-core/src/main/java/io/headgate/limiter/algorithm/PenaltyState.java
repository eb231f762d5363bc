package io.headgate.limiter.algorithm;

import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import org.jspecify.annotations.Nullable;

/**
 * A counter under a block.
 *
 * @param counted what its quota has counted
 * @param untilMicros when the block ends
 */
public record PenaltyState(LimitState counted, long untilMicros) implements LimitState {

    /** The state that {@code quota} goes on with: a limit that has lost its penalty keeps its count and lifts the block. */
    public static @Nullable LimitState under(Quota quota, @Nullable LimitState stored) {
        return stored instanceof PenaltyState blocked && !(quota instanceof Penalty) ? blocked.counted : stored;
    }
}
