package io.headgate.policy.match;

import io.headgate.policy.source.Place;

/**
 * An amount as the policy states it somewhere: inside a limit, a plan or an override.
 *
 * @param amount how much
 * @param words the amount in a sentence's words
 * @param place where the policy says so
 */
public record Allotment(Amount amount, String words, Place place) {

    /** An allotment of requests, bytes or slots. */
    public static Allotment of(Amount amount, TokenUnit unit, Place place) {
        return new Allotment(amount, AmountWords.of(amount, unit), place);
    }
}
