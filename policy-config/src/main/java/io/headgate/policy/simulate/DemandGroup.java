package io.headgate.policy.simulate;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Algorithm;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The subjects of one limit on one plan and at one amount, whose demand is measured alike. */
final class DemandGroup {

    /** Nearly the ten years within which a bucket has to be able to fill. */
    private static final double LONGEST_FILL_NANOS = 9 * 366 * 86_400e9;

    private final String limit;
    private final String plan;
    private final Quota quota;
    private final long periodMicros;
    private final @Nullable TokenBucket endless;
    private final @Nullable Algorithm bucket;

    /** @param quota of a kind that has a {@linkplain #period period} */
    DemandGroup(String limit, String plan, Quota quota) {
        this.limit = limit;
        this.plan = plan;
        this.quota = quota;
        this.periodMicros = Quota.micros("period", period(quota).orElseThrow());
        this.endless = quota instanceof TokenBucket rate ? endless(rate) : null;
        this.bucket = endless == null ? null : Algorithm.of(endless, null);
    }

    /** What amounts of this quota are counted by; empty where no demand is measured. */
    static Optional<Duration> period(Quota quota) {
        if (quota instanceof TokenBucket bucket) {
            return Optional.of(bucket.period());
        }
        return quota instanceof SlidingWindow window ? Optional.of(window.window()) : Optional.empty();
    }

    /** A bucket of the same rate that holds as much as a bucket can. */
    private static TokenBucket endless(TokenBucket rate) {
        double filled = rate.refill() * LONGEST_FILL_NANOS / rate.period().toNanos();
        return new TokenBucket(
                rate.refill(), rate.period(), Math.max(rate.burst(), Math.min(Quota.MAX_COUNT, (long) filled)));
    }

    String limit() {
        return limit;
    }

    String plan() {
        return plan;
    }

    Quota quota() {
        return quota;
    }

    long periodMicros() {
        return periodMicros;
    }

    /** The bucket whose emptiness is the lead over the rate; {@code null} if no lead is measured. */
    @Nullable
    Algorithm bucket() {
        return bucket;
    }

    /** How many tokens that bucket holds. */
    long burst() {
        return endless == null ? 0 : endless.burst();
    }
}
