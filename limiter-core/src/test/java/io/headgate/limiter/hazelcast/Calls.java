package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What tests ask a store, and how they wait for the answer. */
final class Calls {

    private static final long PATIENCE_SECONDS = 60;

    private Calls() {}

    static Charge charge(String limit, Subject subject, Quota quota, long cost) {
        return new Charge(LimitKey.of(limit, subject), quota, cost, OnStoreFailure.CLOSED);
    }

    /** Of the entry that holds the charge's counter. */
    static UUID key(Charge charge) {
        return key(charge.key().subject());
    }

    static UUID key(Subject subject) {
        return new UUID(subject.hi(), subject.lo());
    }

    /** The value of a stage, or the exception it failed with. */
    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** What is waited for needs the processor too. */
    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Returns as soon as it holds, and fails as it does if it does not in time. */
    static void eventually(Runnable assertion) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError | StoreUnavailable e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                pause();
            }
        }
    }
}
