package io.headgate.load.bench.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;

/** Redisson's own limiter: one limit a call. */
final class RedissonLimiter implements Limiter {

    private final List<RRateLimiter> limiters;
    private final Runnable closing;

    RedissonLimiter(RedissonClient redis, int callers, long perSecond, Runnable closing) {
        this.closing = closing;
        this.limiters = IntStream.range(0, callers)
                .mapToObj(caller -> redis.getRateLimiter("rrl:" + caller))
                .toList();
        limiters.forEach(limiter -> limiter.trySetRate(RateType.OVERALL, perSecond, Duration.ofSeconds(1)));
    }

    @Override
    public CompletionStage<Boolean> decide(int caller) {
        return limiters.get(caller % limiters.size()).tryAcquireAsync(1);
    }

    @Override
    public void close() {
        closing.run();
    }
}
