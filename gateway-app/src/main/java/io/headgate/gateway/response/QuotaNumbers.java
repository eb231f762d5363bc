package io.headgate.gateway.response;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A quota as clients read it.
 *
 * @param count how many
 * @param seconds in how long, rounded up; empty if it is not a matter of time
 * @param burst how many at once, where that is another number
 */
public record QuotaNumbers(long count, OptionalLong seconds, OptionalLong burst) {

    private static final Quota.Cases<QuotaNumbers> NUMBERS = new Quota.Cases<>() {
        @Override
        public QuotaNumbers of(TokenBucket bucket) {
            boolean plain = bucket.burst() == bucket.refill();
            return new QuotaNumbers(
                    bucket.refill(),
                    seconds(bucket.period()),
                    plain ? OptionalLong.empty() : OptionalLong.of(bucket.burst()));
        }

        @Override
        public QuotaNumbers of(SlidingWindow window) {
            return new QuotaNumbers(window.limit(), seconds(window.window()), OptionalLong.empty());
        }

        @Override
        public QuotaNumbers of(CalendarQuota quota) {
            int days = switch (quota.unit()) {
                case DAY -> 1;
                case WEEK -> 7;
                case MONTH -> 31;
            };
            return new QuotaNumbers(quota.limit(), seconds(Duration.ofDays(days)), OptionalLong.empty());
        }

        @Override
        public QuotaNumbers of(LeakyBucket bucket) {
            return new QuotaNumbers(bucket.rate(), seconds(bucket.period()), OptionalLong.empty());
        }

        @Override
        public QuotaNumbers of(Concurrency concurrency) {
            return new QuotaNumbers(concurrency.slots(), OptionalLong.empty(), OptionalLong.empty());
        }

        @Override
        public QuotaNumbers of(Penalty penalty) {
            return penalty.quota().fold(this);
        }
    };

    /** The numbers of a caller's quota. */
    public static QuotaNumbers of(Standing standing) {
        return standing.charge().quota().fold(NUMBERS);
    }

    private static OptionalLong seconds(Duration duration) {
        return OptionalLong.of(Seconds.roundedUp(duration.toNanos() / 1_000));
    }
}
