package io.headgate.policy.language;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many times an amount: {@code x3}, {@code x0.5}. Counts and bursts are multiplied and rounded down, but not below 1;
 * periods stay. What never ends, and what never begins, is the same after any scaling.
 */
final class Scale implements Quota.Cases<Quota> {

    private static final Pattern FACTOR = Pattern.compile("x(\\d{1,4}(?:\\.\\d{1,3})?)");
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000);

    private final BigDecimal factor;

    private Scale(BigDecimal factor) {
        this.factor = factor;
    }

    static Scale parse(String text) throws Malformed {
        Matcher matcher = FACTOR.matcher(text);
        if (!matcher.matches()) {
            throw new Malformed(text, 0, "a factor such as x3 or x0.5");
        }
        BigDecimal factor = new BigDecimal(matcher.group(1));
        if (factor.signum() == 0 || factor.compareTo(MOST) > 0) {
            throw new Malformed(text, 0, "more than x0 and at most x" + MOST);
        }
        return new Scale(factor);
    }

    /** @throws IllegalArgumentException if that is more than a quota can hold */
    Amount of(Amount amount) {
        return amount instanceof Amount.Metered metered
                ? new Amount.Metered(metered.quota().fold(this))
                : amount;
    }

    private long count(long count) {
        long scaled = factor.multiply(BigDecimal.valueOf(count))
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
        return Math.max(1, scaled);
    }

    @Override
    public Quota of(TokenBucket bucket) {
        return new TokenBucket(count(bucket.refill()), bucket.period(), count(bucket.burst()));
    }

    @Override
    public Quota of(SlidingWindow window) {
        return new SlidingWindow(count(window.limit()), window.window());
    }

    @Override
    public Quota of(CalendarQuota quota) {
        return new CalendarQuota(count(quota.limit()), quota.unit(), quota.zone());
    }

    @Override
    public Quota of(LeakyBucket bucket) {
        return new LeakyBucket(count(bucket.rate()), bucket.period(), bucket.longestDelay());
    }

    @Override
    public Quota of(Concurrency concurrency) {
        return new Concurrency(count(concurrency.slots()), concurrency.lease());
    }

    @Override
    public Quota of(Penalty penalty) {
        return new Penalty(penalty.quota().fold(this), penalty.block());
    }
}
