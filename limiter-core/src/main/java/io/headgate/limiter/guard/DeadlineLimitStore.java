package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Gives up on a store that has gone silent: a call ends with {@link StoreUnavailable} once the deadline has passed since
 * it was made and since the store last answered anything. A store that keeps answering is not silent, only busy: its
 * line is waited out, up to {@value #LONGEST_WAIT} deadlines. Without that difference a burst of calls would be decided
 * without the store just because they came together, and each node would admit its share once more. For the same reason
 * a store whose last word was an answer is given a few deadlines before it counts as silent: one late answer is no outage.
 *
 * <p>The store's own future is ended, so a store that still holds the call in a queue drops it instead of charging for an
 * answer nobody waits for. An answer that comes after the end is no sign of life.
 *
 * <p>Thread-safe.
 */
public final class DeadlineLimitStore implements LimitStore {

    /** Longest wait for a busy store, in deadlines. */
    public static final int LONGEST_WAIT = 100;

    /** A check that comes later than this says more about this process than about the store. */
    private static final long STALL_NANOS = 2_000_000;

    private final LimitStore store;
    private final Supplier<Duration> deadline;
    private final int patience;
    private final Executor answers;
    private final Delay delay;
    private final LongSupplier nanoTime;
    private volatile long lastAnswerNanos;
    private volatile boolean silent;

    /** Runs a task later. */
    @FunctionalInterface
    interface Delay {
        Future<?> run(Runnable task, long afterNanos);
    }

    /**
     * @param deadline longest silence; asked on every call, so that a policy may change it
     * @param patience for how many deadlines a store may be silent whose last word was an answer, at least 1
     * @param answers where the store's answers come in: a call is given up only after what has arrived there by then has
     *     been handled, so that a busy reader is not taken for a silent store
     * @param timer see {@link #timer()}
     */
    public DeadlineLimitStore(
            LimitStore store,
            Supplier<Duration> deadline,
            int patience,
            Executor answers,
            ScheduledExecutorService timer) {
        this(
                store,
                deadline,
                patience,
                answers,
                (task, nanos) -> timer.schedule(task, nanos, TimeUnit.NANOSECONDS),
                System::nanoTime);
    }

    DeadlineLimitStore(
            LimitStore store,
            Supplier<Duration> deadline,
            int patience,
            Executor answers,
            Delay delay,
            LongSupplier nanoTime) {
        this.store = store;
        this.deadline = deadline;
        this.patience = patience;
        this.answers = answers;
        this.delay = delay;
        this.nanoTime = nanoTime;
        this.lastAnswerNanos = nanoTime.getAsLong();
    }

    /** A timer that any number of these may share. The caller shuts it down. */
    public static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "limit-store-deadline");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
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
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return within(store.settle(reservation, actual));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return within(store.reset(keys));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return within(store.peek(charges));
    }

    private <T> CompletionStage<T> within(CompletionStage<T> answer) {
        CompletableFuture<T> future = answer.toCompletableFuture();
        return future.isDone() ? future : new Wait<>(future, deadline.get()).begin();
    }

    /** One call's wait for its answer. */
    private final class Wait<T> {

        private final CompletableFuture<T> future;
        private final Duration limit;
        private final long sinceNanos = nanoTime.getAsLong();
        private volatile long dueNanos;
        private volatile Future<?> check = CompletableFuture.completedFuture(null);

        Wait(CompletableFuture<T> future, Duration limit) {
            this.future = future;
            this.limit = limit;
        }

        CompletableFuture<T> begin() {
            checkAfter(longestSilenceNanos());
            return future.whenComplete((value, error) -> {
                if (error == null) {
                    lastAnswerNanos = nanoTime.getAsLong();
                    silent = false;
                }
                check.cancel(false);
            });
        }

        private void checkAfter(long nanos) {
            dueNanos = nanoTime.getAsLong() + nanos;
            check = delay.run(this::look, nanos);
        }

        private void look() {
            long left = silenceLeftNanos();
            if (left > 0) {
                checkAfter(left);
            } else {
                answers.execute(this::decide);
            }
        }

        /** Where answers come in: whatever had arrived before the deadline has been handled by now. */
        private void decide() {
            if (future.isDone()) {
                return;
            }
            long left = silenceLeftNanos();
            boolean stalled = nanoTime.getAsLong() - dueNanos > STALL_NANOS && !waitedLongest();
            if (left > 0) {
                checkAfter(left);
            } else if (stalled) {
                // This process stood still, or its reader of answers did: only from now on is it the store's silence.
                checkAfter(limit.toNanos());
            } else {
                silent = true;
                future.completeExceptionally(
                        new StoreUnavailable("no answer from the limit store within " + limit.toMillis() + " ms"));
            }
        }

        private long longestSilenceNanos() {
            return limit.toNanos() * (silent ? 1 : patience);
        }

        private boolean waitedLongest() {
            return nanoTime.getAsLong() - sinceNanos >= LONGEST_WAIT * limit.toNanos();
        }

        /** How long the store may still say nothing; not positive once this call has waited as long as any may. */
        private long silenceLeftNanos() {
            long now = nanoTime.getAsLong();
            long waited = now - sinceNanos;
            long quiet = Math.min(waited, now - lastAnswerNanos);
            long longest = LONGEST_WAIT * limit.toNanos() - waited;
            return Math.min(longest, longestSilenceNanos() - quiet);
        }
    }
}
