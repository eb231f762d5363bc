package io.headgate.limiter.faults;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.List;

/** What the nodes of a fleet ask for, one call after the other, again and again. */
public enum Traffic {
    /** Decided by the store or not at all: whatever is admitted has been admitted by it. */
    CLOSED,

    /** Each node goes on with its part of each limit. Both let {@link #LOCAL_PER_SECOND} pass. */
    LOCAL;

    /** What each call of {@link #LOCAL} lets pass. */
    public static final int LOCAL_PER_SECOND = 90;

    private static final List<List<Charge>> ONE_CALL = List.of(List.of(
            charge("rate", new TokenBucket(300, Duration.ofSeconds(1), 100), OnStoreFailure.CLOSED),
            charge("window", new SlidingWindow(2_000, Duration.ofSeconds(10)), OnStoreFailure.CLOSED)));

    private static final List<List<Charge>> TWO_CALLS = List.of(
            List.of(charge("local-rate", new TokenBucket(90, Duration.ofSeconds(1), 90), OnStoreFailure.LOCAL)),
            List.of(charge("local-window", new SlidingWindow(180, Duration.ofSeconds(2)), OnStoreFailure.LOCAL)));

    /** The calls, in turns. */
    public List<List<Charge>> calls() {
        return this == CLOSED ? ONE_CALL : TWO_CALLS;
    }

    private static Charge charge(String name, Quota quota, OnStoreFailure onStoreFailure) {
        return new Charge(LimitKey.of(name, Subject.of("test", "faults")), quota, 1, onStoreFailure);
    }
}
