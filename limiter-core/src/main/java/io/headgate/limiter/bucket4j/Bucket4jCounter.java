package io.headgate.limiter.bucket4j;

import io.github.bucket4j.BucketState;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.CarryOver;
import io.headgate.limiter.algorithm.PerQuota;
import io.headgate.limiter.algorithm.Rate;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalCounter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node-local token bucket kept by Bucket4j.
 *
 * <p>Bucket4j counts a refill in whole nanoseconds and rounds a wait down to one. Here its clock ticks {@link
 * Rate#tokens()} times a microsecond and one token takes {@link Rate#micros()} ticks, so that every moment and every
 * wait is a whole number of ticks and nothing is rounded before the answer.
 */
public final class Bucket4jCounter implements LocalCounter {

    private static final PerQuota<TokenBucket, Optional<Ticking>> TICKING = new PerQuota<>(Ticking::of);

    private final Ticking ticking;
    private BucketState bucket;
    private long originMicros;
    private long latestMicros;
    private long lastChargeMicros;

    /** Whether the last charge can be undone exactly: nothing has been taken from the bucket since. */
    private boolean undoable;

    private Bucket4jCounter(Ticking ticking) {
        this.ticking = ticking;
        this.bucket = ticking.bucket(ticking.burst());
    }

    /**
     * A fresh counter of any quota: a token bucket by Bucket4j, unless its ticks would not fit a long; anything else by
     * our own algorithm.
     */
    public static LocalCounter of(Quota quota) {
        Optional<Ticking> ticking = ticking(quota);
        return ticking.isPresent() ? new Bucket4jCounter(ticking.get()) : new AlgorithmCounter(quota);
    }

    private static Optional<Ticking> ticking(Quota quota) {
        return quota instanceof TokenBucket bucket ? TICKING.of(bucket) : Optional.empty();
    }

    @Override
    public @Nullable LocalCounter under(Quota other, long nowMicros) {
        if (other == ticking.quota() || other.equals(ticking.quota())) {
            return this;
        }
        Optional<Ticking> others = ticking(other);
        if (others.isEmpty()) {
            return null;
        }
        refill(nowMicros);
        long owed = ticking.burst() - bucket.getAvailableTokens();
        Bucket4jCounter next = new Bucket4jCounter(others.get());
        next.startOver(
                Math.max(0, other.capacity() - CarryOver.carried(owed, ticking.burst(), other.capacity())), nowMicros);
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
                remaining == ticking.burst() ? 0 : microsUntil(remaining + 1, nowMicros),
                cost <= remaining ? 0 : microsUntil(cost, nowMicros));
    }

    @Override
    public Taken charge(long nowMicros, Charge charge) {
        refill(nowMicros);
        undoable = true;
        lastChargeMicros = latestMicros;
        bucket.consume(charge.cost());
        return new Taken(latestMicros, 0);
    }

    @Override
    public void refund(long atMicros, Charge charge) {
        if (!charge.quota().equals(ticking.quota())) {
            return;
        }
        if (undoable && lastChargeMicros == atMicros) {
            bucket.addTokens(charge.cost());
        } else {
            giveBack(charge.cost(), atMicros, charge);
        }
    }

    private void giveBack(long tokens, long atMicros, Charge charge) {
        bucket.addTokens(Math.max(0, Math.min(tokens, charge.cost() - mostDrainedSince(atMicros))));
    }

    @Override
    public void settle(long nowMicros, long atMicros, Charge charge, long actual) {
        if (!charge.quota().equals(ticking.quota())) {
            return;
        }
        refill(nowMicros);
        undoable = false;
        long more = actual - charge.cost();
        if (more > 0) {
            bucket.consume(Math.min(more, bucket.getAvailableTokens()));
        } else {
            giveBack(-more, atMicros, charge);
        }
    }

    /** Tokens regained from {@code atMicros} to now, rounded up. */
    private long mostDrainedSince(long atMicros) {
        Rate rate = ticking.rate();
        long elapsed = Math.max(0, latestMicros - atMicros);
        long periods = elapsed / rate.micros();
        long parts = elapsed % rate.micros() * rate.tokens();
        return periods > ticking.burst() / rate.tokens()
                ? ticking.burst()
                : periods * rate.tokens() + (parts + rate.micros() - 1) / rate.micros();
    }

    @Override
    public long idleAfterMicros(long nowMicros) {
        refill(nowMicros);
        return bucket.getAvailableTokens() == ticking.burst() ? 0 : microsUntil(ticking.burst(), nowMicros);
    }

    private void refill(long nowMicros) {
        if (latestMicros - nowMicros > ticking.microsToFill()) {
            startOver(bucket.getAvailableTokens(), nowMicros);
        } else if (nowMicros - latestMicros > ticking.microsToFill()) {
            startOver(ticking.burst(), nowMicros);
        } else if (nowMicros > latestMicros) {
            if (nowMicros - originMicros > ticking.lastTickMicros()) {
                startOver(bucket.getAvailableTokens(), latestMicros);
            }
            latestMicros = nowMicros;
            bucket.refillAllBandwidth(ticks());
        }
    }

    private void startOver(long tokens, long nowMicros) {
        bucket = ticking.bucket(tokens);
        originMicros = nowMicros;
        latestMicros = nowMicros;
    }

    private long ticks() {
        return (latestMicros - originMicros) * ticking.rate().tokens();
    }

    private long microsUntil(long tokens, long nowMicros) {
        long ticks = bucket.calculateDelayNanosAfterWillBePossibleToConsume(tokens, ticks(), true);
        long perMicro = ticking.rate().tokens();
        return latestMicros - nowMicros + ticks / perMicro + (ticks % perMicro == 0 ? 0 : 1);
    }
}
