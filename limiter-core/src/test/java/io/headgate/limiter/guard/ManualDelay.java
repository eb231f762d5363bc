package io.headgate.limiter.guard;

import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Runs what is due as the test turns the clock. */
final class ManualDelay implements DeadlineLimitStore.Delay {

    private record Due(long atNanos, Runnable task, CompletableFuture<Void> done) {}

    private final PriorityQueue<Due> tasks = new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));
    private long nanos;

    long nanos() {
        return nanos;
    }

    @Override
    public Future<?> run(Runnable task, long afterNanos) {
        Due due = new Due(nanos + afterNanos, task, new CompletableFuture<>());
        tasks.add(due);
        return due.done;
    }

    /** Time passes, and what becomes due runs on time. */
    void advance(long by) {
        long end = nanos + by;
        while (!tasks.isEmpty() && tasks.peek().atNanos <= end) {
            nanos = Math.max(nanos, tasks.peek().atNanos);
            runNext();
        }
        nanos = end;
    }

    /** Time passes while nothing runs; what has become due runs late. */
    void stall(long by) {
        nanos += by;
        long end = nanos;
        while (!tasks.isEmpty() && tasks.peek().atNanos <= end) {
            runNext();
        }
    }

    private void runNext() {
        Due due = tasks.remove();
        if (!due.done.isCancelled()) {
            due.task.run();
        }
    }
}
