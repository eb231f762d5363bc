package io.headgate.limiter;

/**
 * State of one limit right after a decision or a peek.
 *
 * @param remaining whole tokens left, rounded down, never negative
 * @param replenishMicros microseconds until at least one more token than {@code remaining} is there, rounded up; 0 when
 *     the quota is untouched
 * @param waitMicros microseconds until this limit alone could admit the cost asked for, rounded up; 0 if it fits now
 */
public record Usage(long remaining, long replenishMicros, long waitMicros) {}
