package io.headgate.limiter.faults;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.guard.FallbackLimitStore;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.local.LocalLimitStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a node in a process of its own does until it is killed: makes calls, and says of each when it was sent, when it was
 * answered and how. It says so on the clock that all processes of a machine share. {@link NodeProcess} listens.
 */
public final class NodeLoop {

    private static final int CALLERS = 4;
    private static final ScheduledExecutorService TIMER = DeadlineLimitStore.timer();

    private NodeLoop() {}

    /** A deadline and a breaker around a store or a part of it, as in a gateway. */
    public static BreakerLimitStore guarded(LimitStore store, Duration deadline, int patience, Executor answers) {
        return new BreakerLimitStore(
                new DeadlineLimitStore(store, () -> deadline, patience, answers, TIMER), Duration.ofSeconds(1));
    }

    /** Makes the calls until the other end of the standard input is gone; as in a gateway, each node has a part to give. */
    public static void run(LimitStore guarded, LiveNodes nodes, Traffic traffic) throws IOException {
        LimitStore store = new FallbackLimitStore(guarded, LocalLimitStore.monotonic(Bucket4jCounter::of), nodes);
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(() -> callAgainAndAgain(store, nodes, traffic.calls()));
            caller.setDaemon(true);
            caller.start();
        }
        while (System.in.read() >= 0) {}
    }

    private static void callAgainAndAgain(LimitStore store, LiveNodes nodes, List<List<Charge>> calls) {
        while (true) {
            for (int i = 0; i < calls.size(); i++) {
                long sent = Math.floorDiv(System.nanoTime(), 1_000);
                String verdict = verdict(store, calls.get(i));
                long received = Math.floorDiv(System.nanoTime(), 1_000) + 1;
                int fleet = nodes.share().nodes();
                // One write a line, so that what is killed in between says nothing and not half of it.
                System.out.println(i + " " + sent + " " + received + " " + verdict + " " + fleet);
            }
            Pause.of(Duration.ofMillis(1));
        }
    }

    private static String verdict(LimitStore store, List<Charge> call) {
        try {
            Decision decision = store.acquire(call).toCompletableFuture().join();
            return (decision instanceof Decision.Allowed ? "ADMITTED " : "REFUSED ") + decision.source();
        } catch (CompletionException e) {
            if (!StoreUnavailable.is(e)) {
                throw e;
            }
            return "UNDECIDED -";
        }
    }
}
