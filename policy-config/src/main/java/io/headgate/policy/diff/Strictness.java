package io.headgate.policy.diff;

import io.headgate.limiter.Quota;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import java.math.BigInteger;
import java.time.Duration;

/**
 * How one amount relates to another. An amount is tighter if whatever it admits, the other one admits too, at whatever
 * moments the requests come; so {@code 600/min} is neither tighter nor looser than {@code 1000/h}.
 */
public enum Strictness {
    /** It admits the same. */
    SAME,
    /** It admits less. */
    TIGHTER,
    /** It admits more. */
    LOOSER,
    /** It admits less at some times and more at others. */
    MIXED;

    /** How {@code after} relates to {@code before}. */
    public static Strictness of(Amount before, Amount after) {
        if (before.equals(after)) {
            return SAME;
        }
        if (after instanceof Amount.Never || before instanceof Amount.Unlimited) {
            return TIGHTER;
        }
        if (before instanceof Amount.Metered was && after instanceof Amount.Metered is) {
            return of(was.quota(), is.quota());
        }
        return LOOSER;
    }

    private static Strictness of(Quota before, Quota after) {
        boolean tighter = after.fold(new Within(before));
        boolean looser = before.fold(new Within(after));
        if (tighter && looser) {
            return SAME;
        }
        return tighter ? TIGHTER : looser ? LOOSER : MIXED;
    }

    /** The most that {@code bucket} admits in an interval of this length, rounded down: its burst and what it regains. */
    public static BigInteger mostWithin(TokenBucket bucket, Duration interval) {
        return BigInteger.valueOf(bucket.refill())
                .multiply(BigInteger.valueOf(interval.toNanos()))
                .divide(BigInteger.valueOf(bucket.period().toNanos()))
                .add(BigInteger.valueOf(bucket.burst()));
    }
}
