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
    private final int lastCaller;
    private volatile boolean running = true;

    private ClosedLoop(Limiter limiter, int lastCaller) {
        this.limiter = limiter;
        this.lastCaller = lastCaller;
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

    /** As many decisions as there is time for. */
    static Outcome run(Limiter limiter, int inFlight, Duration time) throws InterruptedException {
        ClosedLoop loop = new ClosedLoop(limiter, Integer.MAX_VALUE);
        long begin = System.nanoTime();
        CountDownLatch ended = loop.start(inFlight);
        Thread.sleep(time.toMillis());
        loop.running = false;
        ended.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        long decided = loop.admitted.sum() + loop.refused.sum();
        return new Outcome(loop.admitted.sum(), loop.refused.sum(), loop.failed.sum(), decided / seconds);
    }

    /** One decision for each of the first callers, so that whatever is kept of them is there. */
    static void introduce(Limiter limiter, int inFlight, int callers) throws InterruptedException {
        new ClosedLoop(limiter, callers - 1).start(inFlight).await();
    }

    private CountDownLatch start(int inFlight) {
        CountDownLatch ended = new CountDownLatch(inFlight);
        for (int i = 0; i < inFlight; i++) {
            // Not on this thread: a limiter that answers at once would never give it back.
            var unused = CompletableFuture.runAsync(() -> askAgainAndAgain(ended));
        }
        return ended;
    }

    /** A loop for answers that are there already, and a callback for those that are not. */
    private void askAgainAndAgain(CountDownLatch ended) {
        while (running) {
            int caller = nextCaller.getAndIncrement() & Integer.MAX_VALUE;
            if (caller > lastCaller) {
                break;
            }
            CompletionStage<Boolean> stage = limiter.decide(caller);
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
