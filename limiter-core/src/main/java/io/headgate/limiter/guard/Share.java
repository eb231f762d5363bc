package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
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
        if (nodes == 1) {
            return charge;
        }
        Quota part = part(charge.quota(), charge.cost());
        return new Charge(charge.key(), part, charge.cost(), charge.onStoreFailure());
    }

    private Quota part(Quota quota, long cost) {
        if (quota instanceof TokenBucket bucket) {
            return part(bucket, cost);
        }
        SlidingWindow window = (SlidingWindow) quota;
        return new SlidingWindow(part(window.limit(), cost), window.window());
    }

    private TokenBucket part(TokenBucket bucket, long cost) {
        long burst = part(bucket.burst(), cost);
        Duration slower = bucket.period().multipliedBy(nodes);
        return slower.compareTo(Quota.MAX_PERIOD) <= 0
                ? new TokenBucket(bucket.refill(), slower, burst)
                : new TokenBucket(part(bucket.refill(), 1), bucket.period(), burst);
    }

    private long part(long count, long atLeast) {
        return Math.max(Math.max(1, atLeast), count / nodes + (index < count % nodes ? 1 : 0));
    }
}
