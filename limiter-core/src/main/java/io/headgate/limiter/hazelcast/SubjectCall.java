package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.Charged;
import io.headgate.limiter.algorithm.LimitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One subject's part of a call. Runs on the partition thread of the member that holds the subject, alone with the
 * subject's counters and on that member's clock. The backup gets the outcome and not the call.
 */
abstract sealed class SubjectCall implements EntryProcessor<UUID, byte[], long[]>, HazelcastInstanceAware {

    final List<LimitCall> limits;

    private transient LongSupplier clock = MemberClock.SYSTEM;
    private transient @Nullable WriteState written;

    private SubjectCall(List<LimitCall> limits) {
        this.limits = limits;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        clock = MemberClock.of(member);
    }

    @Override
    public long[] process(Map.Entry<UUID, byte[]> entry) {
        // A call that Hazelcast sends again, because its subject had moved, may be the same object.
        written = null;
        return run(entry, SubjectState.of(entry.getValue()), clock.getAsLong()).toNumbers();
    }

    abstract SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now);

    final void write(Map.Entry<UUID, byte[]> entry, SubjectState state, long now) {
        written = WriteState.of(state, now);
        written.process(entry);
    }

    @Override
    public @Nullable EntryProcessor<UUID, byte[], long[]> getBackupProcessor() {
        return written;
    }

    /** Charges every limit or none. */
    static final class Acquire extends SubjectCall {

        private record Advanced(LimitCall limit, Algorithm algorithm, LimitState state) {

            Usage usage(long now) {
                return algorithm.usage(state, now, limit.cost());
            }

            Charged charged(long now) {
                return algorithm.charge(state, now, limit.cost());
            }

            Advanced with(Charged charged) {
                return new Advanced(limit, algorithm, charged.state());
            }

            /** What is left after the charge, which itself no longer waits for anything. */
            Usage left(long now) {
                Usage next = algorithm.usage(state, now, 1);
                return new Usage(next.remaining(), next.replenishMicros(), 0);
            }

            Counter counter(long now) {
                return limit.counter(algorithm, state, now);
            }
        }

        Acquire(List<LimitCall> limits) {
            super(limits);
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            List<Advanced> advanced = new ArrayList<>(limits.size());
            List<Counter> steppedBack = new ArrayList<>(0);
            SubjectReply refusal = SubjectReply.about(limits.size(), false);
            boolean fits = true;
            for (LimitCall limit : limits) {
                Algorithm algorithm = limit.algorithm();
                LimitState before = stored.of(limit.limit());
                Advanced next = new Advanced(limit, algorithm, algorithm.advance(before, now));
                Usage usage = next.usage(now);
                refusal.set(advanced.size(), usage, now);
                fits &= usage.waitMicros() == 0;
                if (algorithm.steppedBack(before, now)) {
                    steppedBack.add(next.counter(now));
                }
                advanced.add(next);
            }
            if (fits) {
                return charge(entry, stored, advanced, now);
            }
            if (!steppedBack.isEmpty()) {
                write(entry, stored.with(steppedBack, now), now);
            }
            return refusal;
        }

        private SubjectReply charge(
                Map.Entry<UUID, byte[]> entry, SubjectState stored, List<Advanced> advanced, long now) {
            List<Counter> counters = new ArrayList<>(advanced.size());
            SubjectReply admission = SubjectReply.about(advanced.size(), true);
            for (Advanced each : advanced) {
                Charged charged = each.charged(now);
                Advanced after = each.with(charged);
                admission.set(counters.size(), after.left(now), charged.atMicros());
                counters.add(after.counter(now));
            }
            write(entry, stored.with(counters, now), now);
            return admission;
        }
    }

    /** Reads, for the costs asked for. */
    static final class Peek extends SubjectCall implements ReadOnly {

        Peek(List<LimitCall> limits) {
            super(limits);
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            return usages(stored, now);
        }
    }

    /** Gives back an admission, and answers what is left then. */
    static final class Refund extends SubjectCall {

        final long[] atMicros;

        /** @param atMicros the moment of each charge */
        Refund(List<LimitCall> limits, long[] atMicros) {
            super(limits);
            this.atMicros = atMicros;
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            List<Counter> refunded = new ArrayList<>(limits.size());
            for (int i = 0; i < limits.size(); i++) {
                LimitCall limit = limits.get(i);
                LimitState before = stored.of(limit.limit());
                if (before != null) {
                    Algorithm algorithm = limit.algorithm();
                    LimitState after = algorithm.refund(before, atMicros[i], limit.cost());
                    refunded.add(limit.counter(algorithm, after, now));
                }
            }
            SubjectState after = stored.with(refunded, now);
            if (!after.equals(stored)) {
                write(entry, after, now);
            }
            return usages(after, now);
        }
    }

    final SubjectReply usages(SubjectState state, long now) {
        SubjectReply reply = SubjectReply.about(limits.size(), false);
        for (int i = 0; i < limits.size(); i++) {
            LimitCall limit = limits.get(i);
            Algorithm algorithm = limit.algorithm();
            LimitState advanced = algorithm.advance(state.of(limit.limit()), now);
            reply.set(i, algorithm.usage(advanced, now, limit.cost()), now);
        }
        return reply;
    }
}
