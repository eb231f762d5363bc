package io.headgate.policy.match;

import java.time.Duration;
import java.util.Optional;

/**
 * When a backend counts as ill, what callers are told meanwhile, and how much it is given to do.
 *
 * @param backend which backend
 * @param failurePercent share of failed calls that opens the breaker, 1 to 100
 * @param calls how many of the latest calls are looked at; with {@code within}, how many there have to be
 * @param within the calls of this time are looked at, whole seconds; empty for a number of calls whenever they were
 * @param slowCall from when a call counts as failed though it succeeded; empty for never
 * @param timeout longest an answer may take to begin; empty for no limit
 * @param idle longest an answer may stand still once it has begun; empty for no limit
 * @param total longest an answer may take to its end; empty for no limit
 * @param retryAfter when refused callers are told to return, whole seconds
 * @param refund after which failures callers are given back what the request took from their limits
 * @param concurrency how many requests each of its servers gets at the same time
 * @param hedge when a read is sent to a second instance as well
 */
public record BreakerRule(
        String backend,
        int failurePercent,
        int calls,
        Optional<Duration> within,
        Optional<Duration> slowCall,
        Optional<Duration> timeout,
        Optional<Duration> idle,
        Optional<Duration> total,
        Duration retryAfter,
        Refund refund,
        ConcurrencyRule concurrency,
        HedgeRule hedge) {

    /** After which failures callers are given back what the request took from their limits. */
    public enum Refund {
        /** If the backend has seen nothing of the request. */
        UNREACHED,
        /** Also if the backend broke off, did not answer in time, or answered with a server error. */
        FAILED
    }
}
