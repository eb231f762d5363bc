package io.headgate.limiter.bucket4j;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.MathType;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.CarryOver;
import io.headgate.limiter.algorithm.Rate;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalCounter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A node-local token bucket kept by Bucket4j.
 *
 * <p>Bucket4j counts a refill in whole nanoseconds and rounds a wait down to one. Here its clock ticks {@link
 * Rate#tokens()} times a microsecond and one token takes {@link Rate#micros()} ticks, so that every moment and every
 * wait is a whole number of ticks and nothing is rounded before the answer.
 */
public final class Bucket4jCounter implements LocalCounter {

    /** Beyond this many ticks the clock starts over, well before a long overflows. */
    private static final long LAST_TICK = 1L << 61;

    private final TokenBucket quota;
    private final Rate rate;
    private final long microsToFill;
    private final long lastTickMicros;
    private BucketState bucket;
    private long originMicros;
    private long latestMicros;
    private @Nullable BucketState beforeLastCharge;
    private long lastChargeMicros;

    private Bucket4jCounter(TokenBucket quota) {
        this.quota = quota;
        this.rate = rateOf(quota);
        this.microsToFill = microsToFill(quota.burst(), rate);
        this.lastTickMicros = LAST_TICK / rate.tokens();
        this.bucket = bucket(quota.burst());
    }

    /**
     * A fresh counter of any quota: a token bucket by Bucket4j, unless its ticks would not fit a long; anything else by
     * our own algorithm.
     */
    public static LocalCounter of(Quota quota) {
        return fits(quota) ? new Bucket4jCounter((TokenBucket) quota) : new AlgorithmCounter(quota);
    }

    private static boolean fits(Quota quota) {
        return quota instanceof TokenBucket bucket
                && bucket.burst() <= LAST_TICK / rateOf(bucket).micros();
    }

    private static Rate rateOf(TokenBucket quota) {
        return Rate.of(quota.refill(), Quota.micros("period", quota.period()));
    }

    /** A bucket of the current quota at tick 0. */
    private BucketState bucket(long tokens) {
        Bandwidth bandwidth = Bandwidth.builder()
                .capacity(quota.burst())
                .refillGreedy(1, Duration.ofNanos(rate.micros()))
                .initialTokens(tokens)
                .build();
        BucketConfiguration configuration =
                BucketConfiguration.builder().addLimit(bandwidth).build();
        return BucketState.createInitialState(configuration, MathType.INTEGER_64_BITS, 0);
    }

    @Override
    public @Nullable LocalCounter under(Quota other, long nowMicros) {
        if (other == quota || other.equals(quota)) {
            return this;
        }
        if (!fits(other)) {
            return null;
        }
        refill(nowMicros);
        long owed = quota.burst() - bucket.getAvailableTokens();
        Bucket4jCounter next = new Bucket4jCounter((TokenBucket) other);
        next.startOver(
                Math.max(0, other.capacity() - CarryOver.carried(owed, quota.burst(), other.capacity())), nowMicros);
        return next;
    }

    @Override
    public boolean fits(long nowMicros, Charge charge) {
        refill(nowMicros);
        return charge.cost() <= bucket.getAvailableTokens();
    }

    @Override
    public Usage usage(long nowMicros, Charge charge) {
        refill(nowMicros);
        long cost = charge.cost();
        long remaining = bucket.getAvailableTokens();
        return new Usage(
                remaining,
                remaining == quota.burst() ? 0 : microsUntil(remaining + 1, nowMicros),
                cost <= remaining ? 0 : microsUntil(cost, nowMicros));
    }

    @Override
    public Taken charge(long nowMicros, Charge charge) {
        refill(nowMicros);
        beforeLastCharge = bucket.copy();
        lastChargeMicros = latestMicros;
        bucket.consume(charge.cost());
        return new Taken(latestMicros, 0);
    }

    @Override
    public void refund(long atMicros, Charge charge) {
        if (!charge.quota().equals(quota)) {
            return;
        }
        if (beforeLastCharge != null && lastChargeMicros == atMicros) {
            bucket = beforeLastCharge;
            beforeLastCharge = null;
            latestMicros = atMicros;
            return;
        }
        giveBack(charge.cost(), atMicros, charge);
    }

    private void giveBack(long tokens, long atMicros, Charge charge) {
        bucket.addTokens(Math.max(0, Math.min(tokens, charge.cost() - mostDrainedSince(atMicros))));
    }

    @Override
    public void settle(long nowMicros, long atMicros, Charge charge, long actual) {
        if (!charge.quota().equals(quota)) {
            return;
        }
        refill(nowMicros);
        beforeLastCharge = null;
        long more = actual - charge.cost();
        if (more > 0) {
            bucket.consume(Math.min(more, bucket.getAvailableTokens()));
        } else {
            giveBack(-more, atMicros, charge);
        }
    }

    /** Tokens regained from {@code atMicros} to now, rounded up. */
    private long mostDrainedSince(long atMicros) {
        long elapsed = Math.max(0, latestMicros - atMicros);
        long periods = elapsed / rate.micros();
        long parts = elapsed % rate.micros() * rate.tokens();
        return periods > quota.burst() / rate.tokens()
                ? quota.burst()
                : periods * rate.tokens() + (parts + rate.micros() - 1) / rate.micros();
    }

    @Override
    public long idleAfterMicros(long nowMicros) {
        refill(nowMicros);
        return bucket.getAvailableTokens() == quota.burst() ? 0 : microsUntil(quota.burst(), nowMicros);
    }

    private void refill(long nowMicros) {
        if (latestMicros - nowMicros > microsToFill) {
            startOver(bucket.getAvailableTokens(), nowMicros);
        } else if (nowMicros - latestMicros > microsToFill) {
            startOver(quota.burst(), nowMicros);
        } else if (nowMicros > latestMicros) {
            if (nowMicros - originMicros > lastTickMicros) {
                startOver(bucket.getAvailableTokens(), latestMicros);
            }
            latestMicros = nowMicros;
            bucket.refillAllBandwidth(ticks());
        }
    }

    private void startOver(long tokens, long nowMicros) {
        bucket = bucket(tokens);
        originMicros = nowMicros;
        latestMicros = nowMicros;
        beforeLastCharge = null;
    }

    private long ticks() {
        return (latestMicros - originMicros) * rate.tokens();
    }

    private static long microsToFill(long burst, Rate rate) {
        long parts = burst % rate.tokens() * rate.micros();
        return burst / rate.tokens() * rate.micros() + (parts + rate.tokens() - 1) / rate.tokens();
    }

    private long microsUntil(long tokens, long nowMicros) {
        long ticks = bucket.calculateDelayNanosAfterWillBePossibleToConsume(tokens, ticks(), true);
        long micros = ticks / rate.tokens() + (ticks % rate.tokens() == 0 ? 0 : 1);
        return latestMicros - nowMicros + micros;
    }
}
