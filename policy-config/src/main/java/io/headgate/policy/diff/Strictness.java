package io.headgate.policy.diff;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import java.math.BigInteger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
        boolean tighter = within(after, before);
        boolean looser = within(before, after);
        if (tighter && looser) {
            return SAME;
        }
        return tighter ? TIGHTER : looser ? LOOSER : MIXED;
    }

    /** Whether everything that {@code inner} admits is certain to fit {@code outer}, too. */
    private static boolean within(Quota inner, Quota outer) {
        if (inner instanceof TokenBucket bucket && outer instanceof SlidingWindow window) {
            return mostWithin(bucket, window.window()).compareTo(BigInteger.valueOf(window.limit())) <= 0;
        }
        Pace slower = Pace.of(inner);
        Pace faster = Pace.of(outer);
        if (slower == null || faster == null) {
            return inner.equals(outer);
        }
        return inner.capacity() <= outer.capacity() && slower.isAtMost(faster);
    }

    /** The most that {@code bucket} admits in an interval of this length, rounded down: its burst and what it regains. */
    public static BigInteger mostWithin(TokenBucket bucket, Duration interval) {
        return BigInteger.valueOf(bucket.refill())
                .multiply(nanos(interval))
                .divide(nanos(bucket.period()))
                .add(BigInteger.valueOf(bucket.burst()));
    }

    private static BigInteger nanos(Duration duration) {
        return BigInteger.valueOf(duration.toNanos());
    }

    /** What a quota admits in the long run. */
    private record Pace(long count, Duration period) {

        static @Nullable Pace of(Quota quota) {
            if (quota instanceof TokenBucket bucket) {
                return new Pace(bucket.refill(), bucket.period());
            }
            return quota instanceof SlidingWindow window ? new Pace(window.limit(), window.window()) : null;
        }

        boolean isAtMost(Pace other) {
            BigInteger mine = BigInteger.valueOf(count).multiply(nanos(other.period));
            return mine.compareTo(BigInteger.valueOf(other.count).multiply(nanos(period))) <= 0;
        }
    }
}
