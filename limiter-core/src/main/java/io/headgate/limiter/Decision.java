package io.headgate.limiter;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Verdict on all charges of one call together: every one was applied, or none was. That the store did not answer is not
 * a decision but {@link StoreUnavailable}.
 */
public sealed interface Decision {

    /**
     * State of the limits after the decision, in the order of the charges: of all of them, unless the call was
     * {@linkplain Denied#positions refused without looking at some}.
     */
    List<Usage> usages();

    /**
     * State of one limit after the decision; empty if it was not looked at.
     *
     * @param position of its charge in the call, from 0
     */
    Optional<Usage> usage(int position);

    /** Where the decision was made. */
    Source source();

    /** Who decided. */
    enum Source {
        /** The shared store, in this call or in an earlier one whose refusal still stands. */
        STORE,
        /** This node alone, because the store did not answer: what follows from each {@link OnStoreFailure}. */
        LOCAL
    }

    /**
     * All charges were applied.
     *
     * @param usages state of each limit, after the charge
     * @param source where it was decided
     * @param atMicros what a refund names each charge by: for most quotas its moment, on the clock that counts it, which
     *     need not be one clock for all of them. 0 for a charge that took nothing
     * @param delayMicros how long the call has to be held back before it may begin: until its turn has come in the last
     *     of its {@linkplain LeakyBucket queues}; 0 if it waits in none
     */
    record Allowed(List<Usage> usages, Source source, List<Long> atMicros, long delayMicros) implements Decision {
        public Allowed {
            usages = List.copyOf(usages);
            atMicros = List.copyOf(atMicros);
        }

        /** Of a call that may begin at once. */
        public Allowed(List<Usage> usages, Source source, List<Long> atMicros) {
            this(usages, source, atMicros, 0);
        }

        @Override
        public Optional<Usage> usage(int position) {
            return Optional.of(usages.get(position));
        }
    }

    /**
     * No charge was applied, since at least one limit has to wait. One that refuses is enough, so the others need not
     * have been looked at, and nothing is said about those.
     *
     * @param usages state of the limits that were looked at, unchanged by this call
     * @param positions where their charges stand in the call, from 0 and rising
     * @param source where it was decided
     */
    record Denied(List<Usage> usages, List<Integer> positions, Source source) implements Decision {

        /** All positions of a call, by its size: made once, as most refusals have looked at every limit. */
        private static final List<List<Integer>> ALL = IntStream.rangeClosed(0, LimitStore.MAX_CHARGES)
                .mapToObj(size -> List.copyOf(IntStream.range(0, size).boxed().toList()))
                .toList();

        /** @throws IllegalArgumentException if there are not as many usages as positions */
        public Denied {
            if (usages.size() != positions.size()) {
                throw new IllegalArgumentException(
                        "usages: " + usages.size() + " (expected: one for each of " + positions + ")");
            }
            usages = List.copyOf(usages);
            positions = List.copyOf(positions);
        }

        /**
         * Refused after looking at every limit.
         *
         * @param usages state of each limit, in the order of the charges
         */
        public Denied(List<Usage> usages, Source source) {
            this(usages, ALL.get(usages.size()), source);
        }

        @Override
        public Optional<Usage> usage(int position) {
            int at = positions.indexOf(position);
            return at < 0 ? Optional.empty() : Optional.of(usages.get(at));
        }

        /**
         * Microseconds until every limit that was looked at could admit the call if nobody else consumed anything,
         * rounded up.
         */
        public long retryAfterMicros() {
            long longest = 0;
            for (Usage usage : usages) {
                longest = Math.max(longest, usage.waitMicros());
            }
            return longest;
        }
    }
}
