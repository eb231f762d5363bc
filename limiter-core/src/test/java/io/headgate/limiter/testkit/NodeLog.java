package io.headgate.limiter.testkit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What one node saw of its calls, on its own monotonic clock. Thread-safe. */
public final class NodeLog {

    private final ClockOffset offset;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<WatchedLimitStore> watched = new ConcurrentLinkedQueue<>();

    /** How a call ended for its caller. */
    public enum Verdict {
        /** All charges were applied. */
        ADMITTED,
        /** All charges were applied, and later refunded. */
        GIVEN_BACK,
        /** No charge was applied. */
        REFUSED,
        /** The caller got no decision; the charges may have been applied. */
        UNDECIDED
    }

    /**
     * One call.
     *
     * @param charges what was asked for
     * @param sentMicros the node's clock before the call was sent, rounded down
     * @param receivedMicros the node's clock after the answer came, rounded up
     * @param verdict how it ended
     */
    public record Call(List<Charge> charges, long sentMicros, long receivedMicros, Verdict verdict) {}

    NodeLog(ClockOffset offset) {
        this.offset = offset;
    }

    /** Logs a call. */
    public void saw(Call call) {
        calls.add(call);
    }

    /** The same store, with its calls logged on this process's monotonic clock. */
    public LimitStore watch(LimitStore store) {
        WatchedLimitStore watching = new WatchedLimitStore(store);
        watched.add(watching);
        return watching;
    }

    ClockOffset offset() {
        return offset;
    }

    List<Call> calls() {
        List<Call> all = new ArrayList<>(calls);
        watched.forEach(store -> all.addAll(store.calls()));
        return all;
    }
}
