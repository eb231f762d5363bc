package io.headgate.limiter;

import java.util.concurrent.CompletionException;

/**
 * The store gave no decision: it was unreachable, too slow, or refused to work. Neither an admission nor a refusal;
 * what follows is the policy's choice ({@link OnStoreFailure}). Carries no stack trace, since an outage raises it for
 * every call.
 */
public final class StoreUnavailable extends RuntimeException {

    /** @param message what happened, naming the store */
    public StoreUnavailable(String message) {
        super(message, null, false, false);
    }

    /**
     * @param message what happened, naming the store
     * @param cause what the store's client reported
     */
    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    /** Whether a failed stage failed for want of an answer, and not for a bug. */
    public static boolean is(Throwable error) {
        return error instanceof StoreUnavailable
                || (error instanceof CompletionException && error.getCause() instanceof StoreUnavailable);
    }
}
