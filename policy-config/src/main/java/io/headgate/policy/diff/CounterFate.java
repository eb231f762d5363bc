package io.headgate.policy.diff;

/**
 * What becomes of the counters of a limit.
 *
 * @param limit the limit
 * @param carriesOver whether they go on counting; otherwise everybody starts with a full quota
 * @param reason why
 */
public record CounterFate(String limit, boolean carriesOver, String reason) {}
