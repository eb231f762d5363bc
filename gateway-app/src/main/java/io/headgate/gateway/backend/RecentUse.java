package io.headgate.gateway.backend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * How much each user has asked of a server of late: requests, each worth half after ten seconds. Bounded: the least recent
 * of many users are forgotten.
 *
 * <p>Thread-safe.
 */
final class RecentUse {

    private static final double HALF_LIFE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST_USERS = 10_000;

    /** A user is heavy from so many times the mean on; all are alike below that. */
    private static final double HEAVY = 1.5;

    private final Cache<String, Decaying> users = Caffeine.newBuilder()
            .maximumSize(MOST_USERS)
            .expireAfterAccess(Duration.ofMinutes(1))
            .build();
    private final Decaying all = new Decaying();

    /**
     * Counts a request.
     *
     * @return whether its user has sent clearly more than others have
     */
    boolean countsAsHeavy(String user, long nowNanos) {
        double total = all.plusOne(nowNanos);
        double own = users.get(user, name -> new Decaying()).plusOne(nowNanos);
        long others = Math.max(1, users.estimatedSize());
        return own > HEAVY * total / others;
    }

    /** A count that halves with time. */
    private static final class Decaying {

        private double count;
        private long atNanos;

        synchronized double plusOne(long nowNanos) {
            if (count > 0) {
                count *= Math.pow(0.5, Math.max(0, nowNanos - atNanos) / HALF_LIFE_NANOS);
            }
            atNanos = nowNanos;
            count += 1;
            return count;
        }
    }
}
