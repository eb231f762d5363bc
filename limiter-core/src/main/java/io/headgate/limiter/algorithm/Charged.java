package io.headgate.limiter.algorithm;

/**
 * An admission.
 *
 * @param state what to keep
 * @param atMicros what a refund names it by; each {@link Algorithm} says what it is. 0 if nothing was taken
 */
public record Charged(LimitState state, long atMicros) {}
