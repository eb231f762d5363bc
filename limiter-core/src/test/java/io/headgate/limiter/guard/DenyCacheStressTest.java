package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.limiter.testkit.AdmissionOracle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many threads on two nodes, each behind a cache of its own, on the real clock. */
class DenyCacheStressTest {

    private static final int THREADS = 8;
    private static final int CALLS = 5_000;

    private static final List<Quota> QUOTAS = List.of(
            new TokenBucket(1, Duration.ofMillis(2), 5),
            new SlidingWindow(7, Duration.ofMillis(5)),
            new TokenBucket(3, Duration.ofMillis(1), 2),
            new SlidingWindow(90, Duration.ofMillis(30)));

    @Test
    void nothing_is_refused_that_fits_and_nothing_admitted_that_does_not() throws Exception {
        LimitStore store = LocalLimitStore.monotonic(AlgorithmCounter::new);
        List<DenyCacheLimitStore> caches =
                List.of(new DenyCacheLimitStore(store), new DenyCacheLimitStore(store, 16, System::nanoTime));
        AdmissionOracle oracle = new AdmissionOracle();
        List<LimitStore> nodes = new ArrayList<>();
        caches.forEach(cache -> nodes.add(oracle.node().watch(cache)));

        inThreads(thread -> {
            Random random = new Random(thread);
            LimitStore node = nodes.get(thread % 2);
            for (int i = 0; i < CALLS; i++) {
                GuardsTest.get(node.acquire(randomCall(random)));
                pause(random.nextInt(20_000));
            }
        });

        oracle.checkAdmissions();
        oracle.checkRefusals();
        assertThat(caches).extracting(DenyCacheLimitStore::hits).allMatch(hits -> hits > 0);
    }

    @Test
    void a_refund_is_seen_by_every_call_that_follows_it() throws Exception {
        LimitStore store = LocalLimitStore.monotonic(AlgorithmCounter::new);
        DenyCacheLimitStore node = new DenyCacheLimitStore(store);

        inThreads(thread -> {
            Charge whole = charge("thread " + thread / 2, new SlidingWindow(1, Duration.ofHours(1)), 1);
            for (int i = 0; i < CALLS; i++) {
                // Two threads take turns at one slot, so that refusals are always under way when it is given back.
                if (GuardsTest.get(node.acquire(List.of(whole))) instanceof Decision.Allowed admission) {
                    GuardsTest.get(node.refund(List.of(whole), admission));
                }
            }
        });

        for (int thread = 0; thread < THREADS; thread += 2) {
            Charge whole = charge("thread " + thread / 2, new SlidingWindow(1, Duration.ofHours(1)), 1);
            assertThat(GuardsTest.get(node.acquire(List.of(whole)))).isInstanceOf(Decision.Allowed.class);
        }
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void inThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                all.add(() -> {
                    work.run(thread);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(all, 110, TimeUnit.SECONDS)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Charge> randomCall(Random random) {
        List<Charge> call = new ArrayList<>();
        for (int i = 0; i < QUOTAS.size(); i++) {
            if (random.nextInt(3) == 0 || (i == QUOTAS.size() - 1 && call.isEmpty())) {
                call.add(charge("subject " + i, QUOTAS.get(i), 1 + random.nextInt(2)));
            }
        }
        return call;
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static Charge charge(String subject, Quota quota, long cost) {
        return new Charge(LimitKey.of("stress", Subject.of("user", subject)), quota, cost, OnStoreFailure.LOCAL);
    }
}
