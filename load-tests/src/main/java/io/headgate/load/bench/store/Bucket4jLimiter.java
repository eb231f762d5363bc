package io.headgate.load.bench.store;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.headgate.limiter.TokenBucket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One bucket after the other, as long as they have tokens. */
final class Bucket4jLimiter implements Limiter {

    private final List<List<AsyncBucketProxy>> calls;
    private final Runnable closing;

    Bucket4jLimiter(AsyncProxyManager<String> buckets, int callers, int limits, TokenBucket quota, Runnable closing) {
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(quota.burst())
                        .refillGreedy(quota.refill(), quota.period())
                        .build())
                .build();
        Supplier<CompletableFuture<BucketConfiguration>> configured =
                () -> CompletableFuture.completedFuture(configuration);
        this.closing = closing;
        this.calls = IntStream.range(0, callers)
                .mapToObj(caller -> Callers.subjects(caller, limits).stream()
                        .map(subject -> buckets.builder().build("b4j:" + subject, configured))
                        .toList())
                .toList();
    }

    @Override
    public CompletionStage<Boolean> decide(int caller) {
        CompletableFuture<Boolean> passed = CompletableFuture.completedFuture(true);
        for (AsyncBucketProxy bucket : calls.get(caller % calls.size())) {
            passed = passed.thenCompose(so -> so ? bucket.tryConsume(1) : CompletableFuture.completedFuture(false));
        }
        return passed;
    }

    @Override
    public void close() {
        closing.run();
    }
}
