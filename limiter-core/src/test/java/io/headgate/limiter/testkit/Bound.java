package io.headgate.limiter.testkit;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Rate;
import io.headgate.limiter.algorithm.SlidingWindowAlgorithm;

/** The most that a quota admits, in exact integers. */
final class Bound {

    private Bound() {}

    /** Whether {@code tokens} are more than any interval of this length, both ends included, may hold. */
    static boolean exceeds(Quota quota, long tokens, long elapsedMicros) {
        if (quota instanceof SlidingWindow window) {
            long windowsTouched = elapsedMicros / Quota.micros("window", window.window()) + 1;
            return ceilDiv(tokens, window.limit()) > windowsTouched;
        }
        TokenBucket bucket = (TokenBucket) quota;
        return exceeds(
                tokens - bucket.burst(), bucket.refill(), Quota.micros("period", bucket.period()), elapsedMicros);
    }

    /**
     * Whether a limit may refuse a call that would make it {@code tokens} since a charge this long ago. It errs on the
     * refusing side by what its algorithm documents.
     */
    static boolean mayRefuse(Quota quota, long tokens, long elapsedMicros) {
        if (quota instanceof SlidingWindow window) {
            long longest = Quota.micros("window", window.window()) + SlidingWindowAlgorithm.sliceMicros(window);
            return tokens > window.limit() && elapsedMicros <= longest;
        }
        TokenBucket bucket = (TokenBucket) quota;
        Rate rate = Rate.of(bucket.refill(), Quota.micros("period", bucket.period()));
        return exceeds(tokens - bucket.burst(), rate.tokens(), rate.micros(), elapsedMicros);
    }

    /** Whether above &gt; elapsed · refill / period, without division and in 128 bits. */
    private static boolean exceeds(long above, long refill, long periodMicros, long elapsedMicros) {
        long wantedHigh = Math.multiplyHigh(above, periodMicros);
        long grantedHigh = Math.multiplyHigh(elapsedMicros, refill);
        return wantedHigh == grantedHigh
                ? Long.compareUnsigned(above * periodMicros, elapsedMicros * refill) > 0
                : wantedHigh > grantedHigh;
    }

    private static long ceilDiv(long a, long b) {
        return a / b + (a % b == 0 ? 0 : 1);
    }
}
