package io.headgate.limiter.testkit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import io.headgate.limiter.testkit.NodeLog.Call;
import io.headgate.limiter.testkit.NodeLog.Verdict;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Passes everything on and remembers how each acquire ended. */
final class WatchedLimitStore implements LimitStore {

    private final LimitStore store;
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final Set<Decision> givenBack =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    /** The decision is {@code null} when there was none. */
    private record Ended(
            List<Charge> charges,
            long sentMicros,
            long receivedMicros,
            @Nullable Decision decision) {}

    WatchedLimitStore(LimitStore store) {
        this.store = store;
    }

    List<Call> calls() {
        return ended.stream()
                .map(call -> new Call(call.charges, call.sentMicros, call.receivedMicros, verdict(call.decision)))
                .toList();
    }

    private Verdict verdict(@Nullable Decision decision) {
        if (decision == null) {
            return Verdict.UNDECIDED;
        }
        if (decision instanceof Decision.Denied) {
            return Verdict.REFUSED;
        }
        return givenBack.contains(decision) ? Verdict.GIVEN_BACK : Verdict.ADMITTED;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        long sent = nowMicros();
        return store.acquire(charges)
                .whenComplete((decision, error) -> ended.add(new Ended(charges, sent, nowMicros() + 1, decision)));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        givenBack.add(admission);
        return store.refund(charges, admission);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return store.settle(reservation, actual);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return store.reset(keys);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return store.peek(charges);
    }

    private static long nowMicros() {
        return Math.floorDiv(System.nanoTime(), 1_000);
    }
}
