package io.headgate.policy.match;

import java.time.Duration;

/**
 * How long after its time an answer that the gateway has kept may still be given.
 *
 * @param whileRevalidate while the gateway asks for a newer one (RFC 5861, section 3); zero for not at all
 * @param ifError when the backend gives none (section 4); zero for not at all
 */
public record StaleRule(Duration whileRevalidate, Duration ifError) {

    /** Answers are not kept. */
    public static final StaleRule NONE = new StaleRule(Duration.ZERO, Duration.ZERO);

    /** How long after its time an answer is of any use. */
    public Duration longest() {
        return whileRevalidate.compareTo(ifError) > 0 ? whileRevalidate : ifError;
    }

    @Override
    public String toString() {
        String revalidating = whileRevalidate.isZero() ? "" : whileRevalidate.toSeconds() + " s while revalidating";
        String failing = ifError.isZero() ? "" : ifError.toSeconds() + " s if the backend fails";
        return revalidating + (revalidating.isEmpty() || failing.isEmpty() ? "" : ", ") + failing;
    }
}
