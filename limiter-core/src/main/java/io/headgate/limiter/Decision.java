package io.headgate.limiter;

import java.util.List;

/**
 * Verdict on all charges of one call together: every one was applied, or none was. That the store did not answer is not
 * a decision but {@link StoreUnavailable}.
 */
public sealed interface Decision {

    /** State of each limit after the decision, in the order of the charges. */
    List<Usage> usages();

    /** Where the decision was made. */
    Source source();

    /** Who decided. */
    enum Source {
        /** The shared store. */
        STORE,
        /** This node alone, because the store did not answer: what follows from each {@link OnStoreFailure}. */
        LOCAL
    }

    /**
     * All charges were applied.
     *
     * @param usages state of each limit, after the charge
     * @param source where it was decided
     * @param atMicros moment of each charge on the clock that counts it, which need not be one clock for all of them;
     *     what a refund refers to. 0 for a charge that was let pass without being counted
     */
    record Allowed(List<Usage> usages, Source source, List<Long> atMicros) implements Decision {
        public Allowed {
            usages = List.copyOf(usages);
            atMicros = List.copyOf(atMicros);
        }
    }

    /**
     * No charge was applied, since at least one limit has to wait.
     *
     * @param usages state of each limit, unchanged by this call
     * @param source where it was decided
     */
    record Denied(List<Usage> usages, Source source) implements Decision {
        public Denied {
            usages = List.copyOf(usages);
        }

        /** Microseconds until every limit could admit the call if nobody else consumed anything, rounded up. */
        public long retryAfterMicros() {
            long longest = 0;
            for (Usage usage : usages) {
                longest = Math.max(longest, usage.waitMicros());
            }
            return longest;
        }
    }
}
