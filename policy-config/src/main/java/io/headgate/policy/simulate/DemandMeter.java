package io.headgate.policy.simulate;

import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.LimitState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much one subject asked of one limit, whatever it was given: the most tokens in any period, and the most that it
 * was ahead of a steady rate.
 *
 * <p>A period is counted in {@value #SLICES} slices and the one under way, so that the most in a period is never told too
 * low, and too high by at most what came in one slice. The lead over the rate is that of a token bucket which is never
 * empty, by the limiter's own algorithm.
 */
final class DemandMeter {

    private static final int SLICES = 12;

    private final DemandGroup group;
    private final long[] slices = new long[SLICES + 1];
    private @Nullable LimitState state;
    private long slice;
    private long sum;
    private long peak;
    private long lead;

    DemandMeter(DemandGroup group) {
        this.group = group;
    }

    /** That it asks for {@code cost} tokens, at a moment not before the last. */
    void ask(long nowMicros, long cost) {
        moveTo(nowMicros / Math.max(1, group.periodMicros() / SLICES));
        slices[(int) (slice % slices.length)] += cost;
        sum += cost;
        peak = Math.max(peak, sum);
        Algorithm bucket = group.bucket();
        // It has never held less than the lead leaves.
        if (bucket != null && lead + cost < group.burst()) {
            LimitState after = bucket.charge(bucket.advance(state, nowMicros), nowMicros, cost)
                    .state();
            lead = Math.max(
                    lead, group.burst() - bucket.usage(after, nowMicros, 1).remaining());
            state = after;
        }
    }

    private void moveTo(long now) {
        if (now - slice > SLICES) {
            Arrays.fill(slices, 0);
            sum = 0;
        } else {
            for (long passed = slice + 1; passed <= now; passed++) {
                int at = (int) (passed % slices.length);
                sum -= slices[at];
                slices[at] = 0;
            }
        }
        slice = Math.max(slice, now);
    }

    /** Whose demand it is. */
    DemandGroup group() {
        return group;
    }

    /** The most tokens that it asked for in any period. */
    long peak() {
        return peak;
    }

    /** The most tokens that it was ahead of the rate: the burst that would have been enough for all of it. */
    long lead() {
        return lead;
    }
}
