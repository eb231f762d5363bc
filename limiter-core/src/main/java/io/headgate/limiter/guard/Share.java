package io.headgate.limiter.guard;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;

/**
 * One node's part of every quota while the nodes cannot count together. Counts are split so that the parts of all nodes
 * add up to the whole, the first nodes taking one more where it does not divide; a part is never less than one token,
 * nor than the cost of a call that the whole would admit.
 *
 * @param index this node's place among the live ones, 0 to {@code nodes - 1}
 * @param nodes how many nodes are live, at least 1
 */
public record Share(int index, int nodes) {

    /** Everything: there is no other node. */
    public static final Share WHOLE = new Share(0, 1);

    /** @throws IllegalArgumentException if the index is not that of one of the nodes */
    public Share {
        if (index < 0 || index >= nodes) {
            throw new IllegalArgumentException("index: " + index + " (expected: 0 to " + (nodes - 1) + ")");
        }
    }

    /** The charge against this node's part of its quota. */
    public Charge of(Charge charge) {
        return nodes == 1 ? charge : charge.against(part(charge.quota(), charge.cost()));
    }

    private Quota part(Quota quota, long cost) {
        return quota.fold(new Quota.Cases<>() {
            @Override
            public Quota of(TokenBucket bucket) {
                long burst = part(bucket.burst(), cost);
                return fitsLonger(bucket.period())
                        ? new TokenBucket(bucket.refill(), longer(bucket.period()), burst)
                        : new TokenBucket(part(bucket.refill(), 1), bucket.period(), burst);
            }

            @Override
            public Quota of(SlidingWindow window) {
                return new SlidingWindow(part(window.limit(), cost), window.window());
            }

            @Override
            public Quota of(CalendarQuota calendar) {
                return new CalendarQuota(part(calendar.limit(), cost), calendar.unit(), calendar.zone());
            }

            @Override
            public Quota of(LeakyBucket bucket) {
                return fitsLonger(bucket.period())
                        ? new LeakyBucket(bucket.rate(), longer(bucket.period()), bucket.longestDelay())
                        : new LeakyBucket(part(bucket.rate(), cost), bucket.period(), bucket.longestDelay());
            }

            @Override
            public Quota of(Concurrency concurrency) {
                return new Concurrency(part(concurrency.slots(), 1), concurrency.lease());
            }

            @Override
            public Quota of(Penalty penalty) {
                return new Penalty(part(penalty.quota(), cost), penalty.block());
            }
        });
    }

    private boolean fitsLonger(Duration period) {
        return longer(period).compareTo(Quota.MAX_PERIOD) <= 0;
    }

    private Duration longer(Duration period) {
        return period.multipliedBy(nodes);
    }

    private long part(long count, long atLeast) {
        return Math.max(Math.max(1, atLeast), count / nodes + (index < count % nodes ? 1 : 0));
    }
}
