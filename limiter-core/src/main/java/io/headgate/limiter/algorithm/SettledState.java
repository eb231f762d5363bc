package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;

/**
 * That a charge of a reservation has been settled. Kept beside the counters under a {@linkplain #key key} of its own, for as
 * long as what was reserved may still count in them, but no less than a minute and no longer than an hour.
 */
public record SettledState() implements LimitState {

    private static final long SHORTEST = 60_000_000L;
    private static final long LONGEST = 3_600_000_000L;

    /** Where it is kept that the charge on {@code counter} of the reservation of this id has been settled. */
    public static LimitKey key(long reservation, LimitKey counter) {
        return new LimitKey(key(reservation, counter.limit()), counter.subject());
    }

    /** The same among the counters of one subject. */
    public static long key(long reservation, long limit) {
        return reservation ^ limit;
    }

    /** For how many microseconds a settlement under {@code quota} is remembered. */
    public static long rememberedMicros(Quota quota) {
        return Math.max(SHORTEST, Math.min(LONGEST, quota.fold(LONGEST_COUNT)));
    }

    /** How long something charged now may count. */
    private static final Quota.Cases<Long> LONGEST_COUNT = new Quota.Cases<>() {
        @Override
        public Long of(TokenBucket bucket) {
            return Rate.of(bucket.refill(), Quota.micros("period", bucket.period()))
                    .microsFor(bucket.burst(), 0);
        }

        @Override
        public Long of(SlidingWindow window) {
            return Quota.micros("window", window.window()) + SlidingWindowAlgorithm.sliceMicros(window);
        }

        @Override
        public Long of(CalendarQuota quota) {
            return CalendarPeriods.longestMicros(quota.unit());
        }

        @Override
        public Long of(LeakyBucket bucket) {
            return LeakyBucketAlgorithm.longestQueueMicros(bucket);
        }

        @Override
        public Long of(Concurrency concurrency) {
            return Quota.micros("lease", concurrency.lease());
        }

        @Override
        public Long of(Penalty penalty) {
            return penalty.quota().fold(this);
        }
    };
}
