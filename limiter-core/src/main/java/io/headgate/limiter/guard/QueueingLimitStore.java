package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets only so many calls be under way in a store; the others wait in line, first come first served. A burst then
 * lengthens the line instead of slowing every call of it down, and a call that nobody waits for any more when its turn
 * comes is never made.
 *
 * <p>For a store that does not group its calls itself. Thread-safe; at most {@code longestLine} calls wait, and one more
 * fails at once with {@link StoreUnavailable}.
 */
public final class QueueingLimitStore implements LimitStore {

    private final LimitStore store;
    private final int underWayAtMost;
    private final int longestLine;
    private final Queue<Waiting<?>> line = new ArrayDeque<>();
    private int underWay;
    private boolean serving;

    private record Waiting<T>(Supplier<CompletionStage<T>> call, CompletableFuture<T> answer) {}

    /**
     * @param underWayAtMost most calls in the store at once
     * @param longestLine most calls waiting
     */
    public QueueingLimitStore(LimitStore store, int underWayAtMost, int longestLine) {
        this.store = store;
        this.underWayAtMost = underWayAtMost;
        this.longestLine = longestLine;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return inTurn(() -> store.acquire(charges));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return inTurn(() -> store.refund(charges, admission));
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return inTurn(() -> store.settle(reservation, actual));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return inTurn(() -> store.reset(keys));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return inTurn(() -> store.peek(charges));
    }

    private <T> CompletionStage<T> inTurn(Supplier<CompletionStage<T>> call) {
        synchronized (line) {
            if (underWay == underWayAtMost || !line.isEmpty()) {
                return waitingInLine(call);
            }
            underWay++;
        }
        return made(call);
    }

    private <T> CompletionStage<T> waitingInLine(Supplier<CompletionStage<T>> call) {
        if (line.size() == longestLine) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailable(longestLine + " calls are waiting for the limit store already"));
        }
        Waiting<T> waiting = new Waiting<>(call, new CompletableFuture<>());
        line.add(waiting);
        return waiting.answer;
    }

    private <T> CompletionStage<T> made(Supplier<CompletionStage<T>> call) {
        CompletionStage<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var unused = answer.whenComplete((value, error) -> finished());
        return answer;
    }

    private void finished() {
        synchronized (line) {
            underWay--;
            if (serving) {
                return;
            }
            serving = true;
        }
        serveLine();
    }

    /** A loop and not a recursion: a store may answer before its caller has looked away. */
    private void serveLine() {
        for (Waiting<?> waiting = next(); waiting != null; waiting = next()) {
            serve(waiting);
        }
    }

    private @Nullable Waiting<?> next() {
        synchronized (line) {
            Waiting<?> waiting = null;
            while (underWay < underWayAtMost && waiting == null && !line.isEmpty()) {
                waiting = line.poll();
                if (waiting != null && waiting.answer.isDone()) {
                    waiting = null;
                }
            }
            if (waiting == null) {
                serving = false;
            } else {
                underWay++;
            }
            return waiting;
        }
    }

    private <T> void serve(Waiting<T> waiting) {
        CompletionStage<T> answer = made(waiting.call);
        // Ended from outside, the wait ends the store's own future too, so that the store can drop the call.
        var unused = waiting.answer.whenComplete((value, error) -> {
            if (error != null) {
                answer.toCompletableFuture().completeExceptionally(error);
            }
        });
        unused = answer.toCompletableFuture().whenComplete((value, error) -> {
            if (error == null) {
                waiting.answer.complete(value);
            } else {
                waiting.answer.completeExceptionally(error);
            }
        });
    }
}
