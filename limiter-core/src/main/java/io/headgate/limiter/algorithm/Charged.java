package io.headgate.limiter.algorithm;

/**
 * An admission.
 *
 * @param state what to keep
 * @param atMicros what a refund names it by; each {@link Algorithm} says what it is. 0 if nothing was taken
 * @param delayMicros how long it has to be held back
 */
public record Charged(LimitState state, long atMicros, long delayMicros) {

    /** One that may begin at once. */
    Charged(LimitState state, long atMicros) {
        this(state, atMicros, 0);
    }
}
