package io.headgate.load.bench.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Keeps so many decisions in flight: each answer brings the next question, of another caller. */
final class ClosedLoop {

    private final Limiter limiter;
    private final AtomicInteger nextCaller = new AtomicInteger();
    private final LongAdder admitted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean running = true;

    private ClosedLoop(Limiter limiter) {
        this.limiter = limiter;
    }

    /**
     * What was decided.
     *
     * @param admitted calls
     * @param refused calls
     * @param failed calls that ended with an error
     * @param perSecond decisions, failed ones not counted
     */
    record Outcome(long admitted, long refused, long failed, double perSecond) {

        long decided() {
            return admitted + refused;
        }
    }

    static Outcome run(Limiter limiter, int inFlight, Duration time) throws InterruptedException {
        ClosedLoop loop = new ClosedLoop(limiter);
        CountDownLatch ended = new CountDownLatch(inFlight);
        long begin = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            // Not on this thread: a limiter that answers at once would never give it back.
            var unused = CompletableFuture.runAsync(() -> loop.askAgainAndAgain(ended));
        }
        Thread.sleep(time.toMillis());
        loop.running = false;
        ended.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        long decided = loop.admitted.sum() + loop.refused.sum();
        return new Outcome(loop.admitted.sum(), loop.refused.sum(), loop.failed.sum(), decided / seconds);
    }

    /** A loop for answers that are there already, and a callback for those that are not. */
    private void askAgainAndAgain(CountDownLatch ended) {
        while (running) {
            CompletionStage<Boolean> stage = limiter.decide(nextCaller.getAndIncrement() & Integer.MAX_VALUE);
            CompletableFuture<Boolean> answer = stage.toCompletableFuture();
            if (!answer.isDone()) {
                var unused = answer.whenComplete((passed, error) -> {
                    count(passed, error);
                    askAgainAndAgain(ended);
                });
                return;
            }
            var unused = answer.whenComplete(this::count);
        }
        ended.countDown();
    }

    private void count(Boolean passed, Throwable error) {
        if (error != null) {
            failed.increment();
        } else if (passed) {
            admitted.increment();
        } else {
            refused.increment();
        }
    }
}
