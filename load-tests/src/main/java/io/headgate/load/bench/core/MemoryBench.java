package io.headgate.load.bench.core;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.guard.DenyCacheLimitStore;
import io.headgate.limiter.guard.FallbackLimitStore;
import io.headgate.limiter.guard.LeasingLimitStore;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.load.Arguments;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Heap that stays occupied when a gateway has seen ten million counters, a bucket and a window of each of five million
 * callers: first all are admitted by the shared store, then refused by it, then the store is gone. What stands around the
 * store is what stands around it in the gateway.
 */
public final class MemoryBench {

    private static final int MUST_NOT_EXCEED = 64;
    private static final Quota BUCKET = new TokenBucket(600, Duration.ofMinutes(1), 120);
    private static final Quota WINDOW = new SlidingWindow(20_000, Duration.ofHours(1));
    private static final long BUCKET_ID = LimitKey.limitId("api");
    private static final long WINDOW_ID = LimitKey.limitId("api-hourly");

    private MemoryBench() {}

    private enum Answer {
        ADMITTED,
        REFUSED,
        NONE
    }

    /** A shared store that answers at once, and always the same. */
    private static final class Scripted implements LimitStore {

        private volatile Answer answer = Answer.ADMITTED;

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            long now = System.currentTimeMillis() * 1_000;
            return switch (answer) {
                case ADMITTED ->
                    CompletableFuture.completedFuture(new Decision.Allowed(
                            usages(charges, 0),
                            Decision.Source.STORE,
                            charges.stream().map(each -> now).toList()));
                case REFUSED ->
                    CompletableFuture.completedFuture(
                            new Decision.Denied(usages(charges, 3_600_000_000L), Decision.Source.STORE));
                case NONE -> CompletableFuture.failedFuture(new StoreUnavailable("gone"));
            };
        }

        private static List<Usage> usages(List<Charge> charges, long wait) {
            return charges.stream()
                    .map(charge -> new Usage(wait == 0 ? 100 : 0, 1_000, wait))
                    .toList();
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return CompletableFuture.completedFuture(usages(charges, 0));
        }
    }

    /** Ends with exit code 1 if the heap has grown by more than it may, 2 if an option is wrong. */
    public static void main(String... args) {
        int callers;
        try {
            callers = Arguments.parse(Arrays.asList(args), "callers").number("callers", 5_000_000, 1, 100_000_000);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(callers) ? 0 : 1);
    }

    private static boolean run(int callers) {
        ScheduledExecutorService timer = DeadlineLimitStore.timer();
        Scripted shared = new Scripted();
        LeasingLimitStore leasing = new LeasingLimitStore(shared, key -> true, timer);
        LimitStore store = new FallbackLimitStore(
                new DenyCacheLimitStore(leasing), LocalLimitStore.monotonic(Bucket4jCounter::of), () -> Share.WHOLE);
        long before = heap();
        double most = 0;
        for (Answer answer : Answer.values()) {
            shared.answer = answer;
            for (int caller = 0; caller < callers; caller++) {
                store.acquire(call(caller)).toCompletableFuture().join();
            }
            double added = (heap() - before) / (1024.0 * 1024);
            most = Math.max(most, added);
            System.out.printf(
                    Locale.ROOT,
                    "%,d counters seen, last %-8s  heap added %.1f MiB%n",
                    2L * callers,
                    answer.name().toLowerCase(Locale.ROOT),
                    added);
        }
        // Until here, or what it holds might be collected before it is measured.
        boolean kept = store.peek(call(0)).toCompletableFuture().isDone();
        leasing.close();
        timer.shutdownNow();
        System.out.printf(Locale.ROOT, "at most %.1f MiB, must not exceed %d%n", most, MUST_NOT_EXCEED);
        return kept && most <= MUST_NOT_EXCEED;
    }

    /** No digest of a name: what is measured is what stays. */
    private static List<Charge> call(int caller) {
        Subject subject = new Subject(caller * 0x9E3779B97F4A7C15L, caller);
        return List.of(
                new Charge(new LimitKey(BUCKET_ID, subject), BUCKET, 1, OnStoreFailure.LOCAL),
                new Charge(new LimitKey(WINDOW_ID, subject), WINDOW, 1, OnStoreFailure.LOCAL));
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
