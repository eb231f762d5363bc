package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/** The clock of the member that decides, in microseconds. */
final class MemberClock {

    /** Where a test puts another clock into a member's user context. */
    static final String CONTEXT_KEY = "headgate.nowMicros";

    static final LongSupplier SYSTEM = () -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

    private MemberClock() {}

    static LongSupplier of(HazelcastInstance member) {
        return member.getUserContext().get(CONTEXT_KEY) instanceof LongSupplier clock ? clock : SYSTEM;
    }
}
