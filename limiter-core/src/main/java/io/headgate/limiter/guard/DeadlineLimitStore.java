package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Ends every call of a store after a deadline with {@link StoreUnavailable}. The store's own future is ended, so a store
 * that still holds the call in a queue can drop it instead of charging for an answer nobody waits for.
 *
 * <p>Thread-safe. {@link #close()} stops the timer, not the store.
 */
public final class DeadlineLimitStore implements LimitStore, AutoCloseable {

    private final LimitStore store;
    private final Supplier<Duration> deadline;
    private final ScheduledThreadPoolExecutor timer;

    /** @param deadline longest wait for an answer; asked on every call, so that a policy may change it */
    public DeadlineLimitStore(LimitStore store, Supplier<Duration> deadline) {
        this.store = store;
        this.deadline = deadline;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "limit-store-deadline");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return within(store.acquire(charges));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return within(store.refund(charges, admission));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return within(store.peek(charges));
    }

    private <T> CompletionStage<T> within(CompletionStage<T> answer) {
        CompletableFuture<T> future = answer.toCompletableFuture();
        if (future.isDone()) {
            return future;
        }
        Duration limit = deadline.get();
        ScheduledFuture<?> timeout = timer.schedule(
                () -> future.completeExceptionally(
                        new StoreUnavailable("no answer from the limit store within " + limit.toMillis() + " ms")),
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
        return future.whenComplete((value, error) -> timeout.cancel(false));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
