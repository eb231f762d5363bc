package io.headgate.load.bench.core;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.LocalBucket;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.guard.DenyCacheLimitStore;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions per microsecond of one thread, for a thousand callers in turns, beside Bucket4j's own buckets in memory. Roomy
 * limits admit everything; the refusals are those that the deny cache repeats.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecisionBenchmark {

    private static final int CALLERS = 1_000;
    private static final long ROOMY = 1_000_000_000;
    private static final Quota BUCKET = new TokenBucket(ROOMY, Duration.ofSeconds(1), ROOMY);
    private static final Quota WINDOW = new SlidingWindow(ROOMY, Duration.ofSeconds(1));
    private static final Quota USED_UP = new TokenBucket(1, Duration.ofDays(1), 1);

    private final LimitStore store = LocalLimitStore.monotonic(Bucket4jCounter::of);
    private final List<List<Charge>> bucket = calls("bucket", BUCKET);
    private final List<List<Charge>> window = calls("window", WINDOW);
    private final List<List<Charge>> four = calls("four", BUCKET, BUCKET, WINDOW, WINDOW);
    private final LimitStore denyCache = new DenyCacheLimitStore(LocalLimitStore.monotonic(Bucket4jCounter::of));
    private final List<List<Charge>> refused = calls("refused", USED_UP);
    private final List<LocalBucket> bucket4j = IntStream.range(0, CALLERS)
            .mapToObj(caller -> Bucket.builder()
                    .addLimit(limit -> limit.capacity(ROOMY).refillGreedy(ROOMY, Duration.ofSeconds(1)))
                    .build())
            .toList();
    private int next;

    private static List<List<Charge>> calls(String name, Quota... quotas) {
        List<List<Charge>> calls = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            Subject subject = Subject.of("caller", Integer.toString(caller));
            List<Charge> charges = new ArrayList<>();
            for (int i = 0; i < quotas.length; i++) {
                charges.add(new Charge(LimitKey.of(name + i, subject), quotas[i], 1, OnStoreFailure.LOCAL));
            }
            calls.add(List.copyOf(charges));
        }
        return List.copyOf(calls);
    }

    private int caller() {
        next = next + 1 == CALLERS ? 0 : next + 1;
        return next;
    }

    private static Decision decided(LimitStore store, List<Charge> call) {
        return store.acquire(call).toCompletableFuture().join();
    }

    @Benchmark
    public Decision tokenBucket() {
        return decided(store, bucket.get(caller()));
    }

    @Benchmark
    public Decision slidingWindow() {
        return decided(store, window.get(caller()));
    }

    @Benchmark
    public Decision fourLimits() {
        return decided(store, four.get(caller()));
    }

    @Benchmark
    public Decision refusalFromMemory() {
        return decided(denyCache, refused.get(caller()));
    }

    /** The peer: one bucket, without a map of callers or a word on what is left of it. */
    @Benchmark
    public boolean bucket4jAlone() {
        return bucket4j.get(caller()).tryConsume(1);
    }
}
