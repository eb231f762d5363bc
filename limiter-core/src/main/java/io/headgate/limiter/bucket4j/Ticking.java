package io.headgate.limiter.bucket4j;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.MathType;
import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Rate;
import java.time.Duration;
import java.util.Optional;

/**
 * A token bucket in the ticks of its {@link Bucket4jCounter}: {@link Rate#tokens()} of them to a microsecond, {@link
 * Rate#micros()} to a token. Immutable; shared by all counters of the quota.
 *
 * @param microsToFill from empty
 * @param lastTickMicros after which the clock starts over, well before a long overflows
 * @param configuration of Bucket4j, whose nanoseconds are our ticks
 */
record Ticking(
        TokenBucket quota, Rate rate, long microsToFill, long lastTickMicros, BucketConfiguration configuration) {

    private static final long LAST_TICK = 1L << 61;

    /** None if its ticks would not fit a long. */
    static Optional<Ticking> of(TokenBucket quota) {
        Rate rate = Rate.of(quota.refill(), Quota.micros("period", quota.period()));
        if (quota.burst() > LAST_TICK / rate.micros()) {
            return Optional.empty();
        }
        Bandwidth bandwidth = Bandwidth.builder()
                .capacity(quota.burst())
                .refillGreedy(1, Duration.ofNanos(rate.micros()))
                .build();
        return Optional.of(new Ticking(
                quota,
                rate,
                microsToFill(quota.burst(), rate),
                LAST_TICK / rate.tokens(),
                BucketConfiguration.builder().addLimit(bandwidth).build()));
    }

    private static long microsToFill(long burst, Rate rate) {
        long parts = burst % rate.tokens() * rate.micros();
        return burst / rate.tokens() * rate.micros() + (parts + rate.tokens() - 1) / rate.tokens();
    }

    long burst() {
        return quota.burst();
    }

    /** A bucket with so many tokens at tick 0. */
    BucketState bucket(long tokens) {
        BucketState bucket = BucketState.createInitialState(configuration, MathType.INTEGER_64_BITS, 0);
        bucket.consume(quota.burst() - tokens);
        return bucket;
    }
}
