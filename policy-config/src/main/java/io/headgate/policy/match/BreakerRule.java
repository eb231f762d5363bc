package io.headgate.policy.match;

import java.time.Duration;
import java.util.Optional;

/**
 * When a backend counts as ill, and what callers are told meanwhile.
 *
 * @param backend which backend
 * @param failurePercent share of failed calls that opens the breaker, 1 to 100
 * @param calls how many of the latest calls are looked at
 * @param slowCall from when a call counts as failed though it succeeded; empty for never
 * @param timeout longest a call may take to be answered; empty for no limit
 * @param retryAfter when refused callers are told to return, whole seconds
 * @param refund after which failures callers are given back what the request took from their limits
 */
public record BreakerRule(
        String backend,
        int failurePercent,
        int calls,
        Optional<Duration> slowCall,
        Optional<Duration> timeout,
        Duration retryAfter,
        Refund refund) {

    /** After which failures callers are given back what the request took from their limits. */
    public enum Refund {
        /** If the backend has seen nothing of the request. */
        UNREACHED,
        /** Also if the backend broke off, did not answer in time, or answered with a server error. */
        FAILED
    }
}
