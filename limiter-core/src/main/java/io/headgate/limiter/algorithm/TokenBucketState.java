package io.headgate.limiter.algorithm;

/**
 * A token bucket, remembered as what has been taken from it and not regained yet: {@code owed + fraction/denominator}
 * tokens of {@code burst} at {@code atMicros}.
 *
 * @param owed whole tokens owed, not negative
 * @param fraction part of one more token owed, 0 to {@code denominator - 1}
 * @param denominator in how many parts a token was counted, at least 1
 * @param atMicros the moment at which this was true
 * @param burst what the debt is a share of; 0 if it was written before that was kept
 */
public record TokenBucketState(long owed, long fraction, long denominator, long atMicros, long burst)
        implements LimitState {

    /** A debt of which it is not known what it is a share of. */
    public TokenBucketState(long owed, long fraction, long denominator, long atMicros) {
        this(owed, fraction, denominator, atMicros, 0);
    }
}
