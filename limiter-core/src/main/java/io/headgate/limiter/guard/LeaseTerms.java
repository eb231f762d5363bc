package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a quota is leased: an eighth of it is the reserve, in equal parts for at most {@link #HOLDERS} stocks at a time.
 *
 * @param quota the quota
 * @param rest what is left of it besides the reserve; everything is charged against this
 * @param part most tokens of one stock
 */
record LeaseTerms(Quota quota, Quota rest, long part) {

    /** Most stocks of a counter at a time; a node without one charges directly. */
    static final int HOLDERS = 16;

    /** How long a stock lasts that is not added to. */
    static final Duration SLOT = Duration.ofSeconds(2);

    /** How long a counter has no calls before its stock is given back. */
    static final Duration COOL = Duration.ofMillis(500);

    private static final int RESERVE = 8;

    /** Below this a lease would hardly save a call. */
    private static final long SMALLEST_PART = 4;

    /** The terms of a quota; null if it is of another kind than those that can be leased, or too small to be shared out. */
    static @Nullable LeaseTerms of(Quota quota) {
        long part = quota.capacity() / (RESERVE * HOLDERS);
        if (part < SMALLEST_PART) {
            return null;
        }
        long reserve = part * HOLDERS;
        if (quota instanceof TokenBucket bucket) {
            return new LeaseTerms(
                    quota, new TokenBucket(bucket.refill(), bucket.period(), bucket.burst() - reserve), part);
        }
        if (quota instanceof SlidingWindow window) {
            return new LeaseTerms(quota, new SlidingWindow(window.limit() - reserve, window.window()), part);
        }
        return null;
    }

    /** A slot for a stock of this counter, which no other limit's counter shares. */
    static Charge slot(Charge charge) {
        LimitKey key = charge.key();
        long limit = LimitKey.limitId("leases of " + Long.toHexString(key.limit()));
        return new Charge(
                new LimitKey(limit, key.subject()), new Concurrency(HOLDERS, SLOT), 1, charge.onStoreFailure());
    }
}
