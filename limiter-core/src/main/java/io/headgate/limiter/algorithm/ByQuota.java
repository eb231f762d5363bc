package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import org.jspecify.annotations.Nullable;

/** The algorithm of each kind of quota, for one holder or for none. */
record ByQuota(@Nullable Holder holder) implements Quota.Cases<Algorithm> {

    /** Those that know of no holder, one for each quota: the greatest common divisor of a rate costs more than a decision. */
    static final PerQuota<Quota, Algorithm> UNHELD = new PerQuota<>(quota -> quota.fold(new ByQuota(null)));

    @Override
    public Algorithm of(TokenBucket bucket) {
        return new TokenBucketAlgorithm(bucket);
    }

    @Override
    public Algorithm of(SlidingWindow window) {
        return new SlidingWindowAlgorithm(window);
    }

    @Override
    public Algorithm of(CalendarQuota calendar) {
        return new CalendarAlgorithm(calendar);
    }

    @Override
    public Algorithm of(LeakyBucket bucket) {
        return new LeakyBucketAlgorithm(bucket);
    }

    @Override
    public Algorithm of(Concurrency concurrency) {
        return new ConcurrencyAlgorithm(concurrency, holder);
    }

    @Override
    public Algorithm of(Penalty penalty) {
        return new PenaltyAlgorithm(penalty, penalty.quota().fold(this));
    }
}
