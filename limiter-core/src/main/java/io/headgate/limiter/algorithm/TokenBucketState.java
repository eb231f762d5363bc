package io.headgate.limiter.algorithm;

/**
 * A token bucket, remembered as what has been taken from it and not regained yet: {@code owed + fraction/denominator}
 * tokens at {@code atMicros}. Kept as a debt and not as a level, so that a larger burst keeps the count.
 *
 * @param owed whole tokens owed, not negative
 * @param fraction part of one more token owed, 0 to {@code denominator - 1}
 * @param denominator in how many parts a token was counted, at least 1
 * @param atMicros the moment at which this was true
 */
public record TokenBucketState(long owed, long fraction, long denominator, long atMicros) implements LimitState {}
