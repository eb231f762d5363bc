package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.testkit.NodeLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * A node in a process of its own: makes the same call again and again until it is killed, and says of each when it was sent,
 * when it was answered and how. It says so on the clock that all processes of a machine share.
 */
final class FaultNode {

    private static final int CALLERS = 4;
    private static final Duration DEADLINE = Duration.ofMillis(20);

    private FaultNode() {}

    /** Runs until it is killed or nobody listens any more; the one argument is the port of Redis. */
    public static void main(String... args) throws IOException {
        RedisClient client = DurableRedis.connections(Integer.parseInt(args[0])).open();
        LimitStore store = new BreakerLimitStore(
                new DeadlineLimitStore(
                        new RedisLimitStore(client), () -> DEADLINE, 5, client.answers(), DeadlineLimitStore.timer()),
                Duration.ofSeconds(1));
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(() -> callAgainAndAgain(store, FaultsTest.CALL));
            caller.setDaemon(true);
            caller.start();
        }
        // Ends with the test at the latest, which holds the other end.
        while (System.in.read() >= 0) {}
    }

    private static void callAgainAndAgain(LimitStore store, List<Charge> call) {
        while (true) {
            long sent = Math.floorDiv(System.nanoTime(), 1_000);
            NodeLog.Verdict verdict = verdict(store, call);
            long received = Math.floorDiv(System.nanoTime(), 1_000) + 1;
            // One write a line, so that what is killed in between says nothing and not half of it.
            System.out.println(sent + " " + received + " " + verdict);
            FaultsTest.pause(Duration.ofMillis(1));
        }
    }

    private static NodeLog.Verdict verdict(LimitStore store, List<Charge> call) {
        try {
            return store.acquire(call).toCompletableFuture().join() instanceof Decision.Allowed
                    ? NodeLog.Verdict.ADMITTED
                    : NodeLog.Verdict.REFUSED;
        } catch (CompletionException e) {
            if (!StoreUnavailable.is(e)) {
                throw e;
            }
            return NodeLog.Verdict.UNDECIDED;
        }
    }
}
