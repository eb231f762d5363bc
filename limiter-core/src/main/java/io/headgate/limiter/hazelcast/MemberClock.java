package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clock by which a member decides, in microseconds. It is set once, when the member decides for the first time, and runs
 * on by the JVM's monotonic clock, so that a wall clock which is put right or wrong later is not noticed.
 *
 * <p>It is set by the member's own wall clock, or, if that is more than a second apart from the cluster's, by the
 * cluster's, which is the wall clock of the oldest member: counters that move between members must not find another time
 * there. Within a second the own clock is the better one, since the cluster's comes in messages that take their time.
 */
final class MemberClock implements LongSupplier {

    /** Where a member keeps its clock, or a test puts another one. */
    static final String CONTEXT_KEY = "headgate.nowMicros";

    private static final long LONGEST_APART_MICROS = TimeUnit.SECONDS.toMicros(1);

    private final LongSupplier nanoTime;
    private final long originNanos;
    private final long originMicros;

    /**
     * @param clusterMillis what the cluster takes for the time
     * @param ownMicros what this member's wall clock says
     * @param nanoTime as {@link System#nanoTime()}
     */
    MemberClock(long clusterMillis, long ownMicros, LongSupplier nanoTime) {
        long clusterMicros = TimeUnit.MILLISECONDS.toMicros(clusterMillis);
        boolean agree = Math.abs(clusterMicros - ownMicros) <= LONGEST_APART_MICROS;
        this.originMicros = agree ? ownMicros : clusterMicros;
        this.nanoTime = nanoTime;
        this.originNanos = nanoTime.getAsLong();
    }

    /** @param member that has joined its cluster */
    static LongSupplier of(HazelcastInstance member) {
        Map<String, Object> context = member.getUserContext();
        Object clock = context.get(CONTEXT_KEY);
        return (LongSupplier) (clock != null ? clock : context.computeIfAbsent(CONTEXT_KEY, key -> set(member)));
    }

    private static MemberClock set(HazelcastInstance member) {
        return new MemberClock(
                member.getCluster().getClusterTime(),
                ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                System::nanoTime);
    }

    @Override
    public long getAsLong() {
        return originMicros + TimeUnit.NANOSECONDS.toMicros(nanoTime.getAsLong() - originNanos);
    }
}
