package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.Charged;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.algorithm.SettledState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One subject's part of a call. Runs on the partition thread of the member that holds the subject, alone with the
 * subject's counters and on that member's clock. The backup gets the outcome and not the call.
 */
abstract sealed class SubjectCall implements EntryProcessor<UUID, byte[], long[]>, HazelcastInstanceAware {

    final List<LimitCall> limits;

    private transient @Nullable LongSupplier clock;
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
        long now = Objects.requireNonNull(clock, "clock: Hazelcast names the member before it runs a call")
                .getAsLong();
        return run(entry, SubjectState.of(entry.getValue()), now).toNumbers();
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

        Acquire(List<LimitCall> limits) {
            super(limits);
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            List<Algorithm> algorithms = new ArrayList<>(limits.size());
            List<LimitState> advanced = new ArrayList<>(limits.size());
            boolean fits = true;
            for (LimitCall limit : limits) {
                Algorithm algorithm = limit.algorithm();
                LimitState state = algorithm.advance(limit.stored(stored), now);
                fits &= algorithm.usage(state, now, limit.cost()).waitMicros() == 0;
                algorithms.add(algorithm);
                advanced.add(state);
            }
            return fits ? charge(entry, stored, algorithms, advanced, now) : refuse(entry, stored, now);
        }

        private SubjectReply charge(
                Map.Entry<UUID, byte[]> entry,
                SubjectState stored,
                List<Algorithm> algorithms,
                List<LimitState> advanced,
                long now) {
            List<Counter> counters = new ArrayList<>(limits.size());
            SubjectReply admission = SubjectReply.about(limits.size(), true);
            for (int i = 0; i < limits.size(); i++) {
                Algorithm algorithm = algorithms.get(i);
                Charged charged =
                        algorithm.charge(advanced.get(i), now, limits.get(i).cost());
                admission.setAdmitted(i, algorithm.usage(charged.state(), now, 1), charged);
                counters.add(limits.get(i).counter(algorithm, charged.state(), now));
            }
            write(entry, stored.with(counters, now), now);
            return admission;
        }
    }

    /** Takes notice that the call was refused, by a limit of this subject or of another one, and answers what is left. */
    static final class Refuse extends SubjectCall {

        Refuse(List<LimitCall> limits) {
            super(limits);
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            return refuse(entry, stored, now);
        }
    }

    final SubjectReply refuse(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
        List<Counter> kept = new ArrayList<>(0);
        for (LimitCall limit : limits) {
            Algorithm algorithm = limit.algorithm();
            LimitState state = algorithm.keptOnRefusal(limit.stored(stored), now, limit.cost());
            if (state != null) {
                kept.add(limit.counter(algorithm, state, now));
            }
        }
        if (kept.isEmpty()) {
            return usages(stored, now);
        }
        SubjectState after = stored.with(kept, now);
        write(entry, after, now);
        return usages(after, now);
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
                    LimitState after = algorithm.refund(before, atMicros[i], limit.cost(), limit.cost());
                    if (!after.equals(before)) {
                        refunded.add(limit.counter(algorithm, after, now));
                    }
                }
            }
            if (refunded.isEmpty()) {
                return usages(stored, now);
            }
            SubjectState after = stored.with(refunded, now);
            write(entry, after, now);
            return usages(after, now);
        }
    }

    /** Replaces what an admission took by what it came to, where that has not been done yet. */
    static final class Settle extends SubjectCall {

        final long[] atMicros;
        final long reservation;
        final long[] actual;

        /**
         * @param atMicros the moment of each charge
         * @param reservation its id
         * @param actual what each charge came to
         */
        Settle(List<LimitCall> limits, long[] atMicros, long reservation, long[] actual) {
            super(limits);
            this.atMicros = atMicros;
            this.reservation = reservation;
            this.actual = actual;
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            List<Counter> settled = new ArrayList<>(2 * limits.size());
            for (int i = 0; i < limits.size(); i++) {
                LimitCall limit = limits.get(i);
                long mark = SettledState.key(reservation, limit.limit());
                if (stored.counts(mark, now)) {
                    continue;
                }
                settled.add(new Counter(mark, new SettledState(), now + SettledState.rememberedMicros(limit.quota())));
                Algorithm algorithm = limit.algorithm();
                LimitState before = stored.of(limit.limit());
                LimitState after = algorithm.settle(before, now, atMicros[i], limit.cost(), actual[i]);
                if (after != null && !after.equals(before)) {
                    settled.add(limit.counter(algorithm, after, now));
                }
            }
            if (!settled.isEmpty()) {
                write(entry, stored.with(settled, now).withFewSettlements(), now);
            }
            return SubjectReply.about(0, false);
        }
    }

    /** Forgets what some limits have counted. */
    static final class Reset extends SubjectCall {

        final List<Long> forgotten;

        Reset(List<Long> forgotten) {
            super(List.of());
            this.forgotten = forgotten;
        }

        @Override
        SubjectReply run(Map.Entry<UUID, byte[]> entry, SubjectState stored, long now) {
            SubjectState after = stored.without(forgotten);
            if (!after.equals(stored)) {
                write(entry, after, now);
            }
            return SubjectReply.about(0, false);
        }
    }

    final SubjectReply usages(SubjectState state, long now) {
        SubjectReply reply = SubjectReply.about(limits.size(), false);
        for (int i = 0; i < limits.size(); i++) {
            LimitCall limit = limits.get(i);
            Algorithm algorithm = limit.algorithm();
            LimitState advanced = algorithm.advance(limit.stored(state), now);
            reply.set(i, algorithm.usage(advanced, now, limit.cost()));
        }
        return reply;
    }
}
