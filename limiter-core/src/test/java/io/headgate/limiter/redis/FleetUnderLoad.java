package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.testkit.AdmissionOracle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Two nodes that make the same call again and again, guarded as in a gateway, and an oracle that watches them. */
final class FleetUnderLoad implements AutoCloseable {

    static final int NODES = 2;
    private static final int CALLERS_PER_NODE = 4;

    private final AdmissionOracle oracle = new AdmissionOracle();
    private final ScheduledExecutorService timer = DeadlineLimitStore.timer();
    private final ExecutorService callers = Executors.newFixedThreadPool(NODES * CALLERS_PER_NODE);
    private final List<RedisClient> clients = new ArrayList<>();
    private final List<AtomicInteger> decisions = new ArrayList<>();
    private final AtomicInteger undecided = new AtomicInteger();
    private volatile boolean running = true;

    FleetUnderLoad(RedisConnections connections, Function<RedisClient, LimitStore> store, List<Charge> call) {
        this(connections, store, call, Duration.ofMillis(20));
    }

    FleetUnderLoad(
            RedisConnections connections,
            Function<RedisClient, LimitStore> store,
            List<Charge> call,
            Duration deadline) {
        for (int node = 0; node < NODES; node++) {
            RedisClient client = connections.open();
            clients.add(client);
            AtomicInteger decided = new AtomicInteger();
            decisions.add(decided);
            LimitStore guarded = oracle.node().watch(guarded(client, store.apply(client), deadline));
            for (int i = 0; i < CALLERS_PER_NODE; i++) {
                callers.execute(() -> callAgainAndAgain(guarded, call, decided));
            }
        }
    }

    private LimitStore guarded(RedisClient client, LimitStore store, Duration deadline) {
        return new BreakerLimitStore(
                new DeadlineLimitStore(store, () -> deadline, 5, client.answers(), timer), Duration.ofSeconds(1));
    }

    private void callAgainAndAgain(LimitStore store, List<Charge> call, AtomicInteger decided) {
        while (running) {
            try {
                Decision decision = store.acquire(call).toCompletableFuture().join();
                if (decision.source() == Decision.Source.STORE) {
                    decided.incrementAndGet();
                }
            } catch (CompletionException e) {
                if (!StoreUnavailable.is(e)) {
                    throw e;
                }
                undecided.incrementAndGet();
            }
            FaultsTest.pause(Duration.ofMillis(1));
        }
    }

    void runFor(Duration time) {
        FaultsTest.pause(time);
    }

    void awaitDecisionsOnEveryNode(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        for (AtomicInteger decided : decisions) {
            int before = decided.get();
            while (decided.get() == before) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("no decision within " + atMost);
                }
                FaultsTest.pause(Duration.ofMillis(1));
            }
        }
    }

    int undecided() {
        return undecided.get();
    }

    /** Ends the load and holds everything that was admitted against the limits. */
    void stopAndCheck() throws InterruptedException {
        stop();
        oracle.checkAdmissions();
    }

    void stop() throws InterruptedException {
        running = false;
        callers.shutdown();
        if (!callers.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new AssertionError("a call that never ends");
        }
    }

    @Override
    public void close() {
        running = false;
        callers.shutdown();
        clients.forEach(RedisClient::close);
        timer.shutdownNow();
    }
}
