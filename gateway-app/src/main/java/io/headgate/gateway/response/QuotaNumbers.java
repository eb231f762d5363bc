package io.headgate.gateway.response;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A quota as clients read it.
 *
 * @param count how many
 * @param seconds in how long, rounded up
 * @param burst how many at once, where that is another number
 */
public record QuotaNumbers(long count, long seconds, OptionalLong burst) {

    /** The numbers of a caller's quota. */
    public static QuotaNumbers of(Standing standing) {
        Quota quota = standing.charge().quota();
        if (quota instanceof TokenBucket bucket) {
            boolean plain = bucket.burst() == bucket.refill();
            return new QuotaNumbers(
                    bucket.refill(),
                    seconds(bucket.period()),
                    plain ? OptionalLong.empty() : OptionalLong.of(bucket.burst()));
        }
        SlidingWindow window = (SlidingWindow) quota;
        return new QuotaNumbers(window.limit(), seconds(window.window()), OptionalLong.empty());
    }

    private static long seconds(Duration duration) {
        return Seconds.roundedUp(duration.toNanos() / 1_000);
    }
}
