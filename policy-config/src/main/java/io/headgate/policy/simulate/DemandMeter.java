package io.headgate.policy.simulate;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
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
    /** Nearly the ten years within which a bucket has to be able to fill. */
    private static final double LONGEST_FILL_NANOS = 9 * 366 * 86_400e9;

    private final long sliceMicros;
    private final long[] slices = new long[SLICES + 1];
    private final @Nullable AlgorithmCounter bucket;
    private final @Nullable TokenBucket endless;
    private long slice;
    private long sum;
    private long peak;
    private long lead;

    /**
     * @param periodMicros what amounts are counted by
     * @param rate the rate whose lead is measured; {@code null} to measure none
     */
    DemandMeter(long periodMicros, @Nullable TokenBucket rate) {
        this.sliceMicros = Math.max(1, periodMicros / SLICES);
        this.endless = rate;
        this.bucket = rate == null ? null : new AlgorithmCounter(rate);
    }

    void ask(long nowMicros, Charge charge) {
        long now = Math.max(slice, nowMicros / sliceMicros);
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
        slice = now;
        slices[(int) (now % slices.length)] += charge.cost();
        sum += charge.cost();
        peak = Math.max(peak, sum);
        if (bucket != null && endless != null) {
            // It has never held less than the lead leaves.
            if (lead + charge.cost() < endless.burst()) {
                Charge asked = charge.against(endless);
                bucket.charge(nowMicros, asked);
                lead = Math.max(
                        lead, endless.burst() - bucket.usage(nowMicros, asked).remaining());
            }
        }
    }

    /** The most tokens that it asked for in any period. */
    long peak() {
        return peak;
    }

    /** The most tokens that it was ahead of the rate: the burst that would have been enough for all of it. */
    long lead() {
        return lead;
    }

    /** A bucket of the same rate that holds as much as a bucket can. */
    static TokenBucket endless(TokenBucket rate) {
        double filled = rate.refill() * LONGEST_FILL_NANOS / rate.period().toNanos();
        return new TokenBucket(
                rate.refill(), rate.period(), Math.max(rate.burst(), Math.min(Quota.MAX_COUNT, (long) filled)));
    }
}
