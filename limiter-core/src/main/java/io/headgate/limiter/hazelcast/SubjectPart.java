package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The charges of a call that fall on one subject, and where they stand in the call.
 *
 * @param key of the subject's entry: its digest, as the one 16-byte type that Hazelcast writes by itself
 * @param limits the charges
 * @param positions of the charges in the call
 */
record SubjectPart(UUID key, List<LimitCall> limits, List<Integer> positions) {

    private static final UUID EVERYONE = keyOf(Subject.EVERYONE);

    /**
     * The parts of a call in the order in which to charge them: as the charges stand, but the subject that everyone
     * shares after the narrower ones, so that a call refused for one of them never touches it, and leases last of all,
     * since giving a charge back does not undo the renewal of a lease.
     */
    static List<SubjectPart> of(List<Charge> charges) {
        Map<Subject, SubjectPart> parts = new LinkedHashMap<>();
        for (int i = 0; i < charges.size(); i++) {
            Charge charge = charges.get(i);
            SubjectPart part = parts.computeIfAbsent(charge.key().subject(), SubjectPart::of);
            part.limits.add(LimitCall.of(charge));
            part.positions.add(i);
        }
        List<SubjectPart> ordered = new ArrayList<>(parts.values());
        ordered.sort(Comparator.comparing(SubjectPart::hasHolders).thenComparing(SubjectPart::isEveryone));
        return ordered;
    }

    private boolean hasHolders() {
        return limits.stream().anyMatch(limit -> limit.quota() instanceof Concurrency);
    }

    private boolean isEveryone() {
        return key.equals(EVERYONE);
    }

    private static SubjectPart of(Subject subject) {
        return new SubjectPart(keyOf(subject), new ArrayList<>(4), new ArrayList<>(4));
    }

    static UUID keyOf(Subject subject) {
        return new UUID(subject.hi(), subject.lo());
    }

    SubjectCall acquire() {
        return new SubjectCall.Acquire(limits);
    }

    SubjectCall peek() {
        return new SubjectCall.Peek(limits);
    }

    /** For a call that another subject has refused: a look, unless a limit here may have to block for it. */
    SubjectCall refuse() {
        boolean mayBlock = limits.stream().anyMatch(limit -> limit.quota() instanceof Penalty);
        return mayBlock ? new SubjectCall.Refuse(limits) : peek();
    }

    SubjectCall refund(long[] atMicros) {
        return new SubjectCall.Refund(limits, atMicros);
    }

    SubjectCall settle(Reservation reservation, List<Long> actual) {
        return new SubjectCall.Settle(
                limits,
                moments(reservation.admission()),
                reservation.id(),
                positions.stream().mapToLong(actual::get).toArray());
    }

    /** When these charges were made, of all that the call made. */
    long[] moments(Decision.Allowed admission) {
        return positions.stream().mapToLong(admission.atMicros()::get).toArray();
    }

    void putUsages(SubjectReply reply, Usage[] usages) {
        for (int i = 0; i < positions.size(); i++) {
            usages[positions.get(i)] = reply.usage(i);
        }
    }

    void putMoments(SubjectReply reply, Long[] atMicros) {
        for (int i = 0; i < positions.size(); i++) {
            atMicros[positions.get(i)] = reply.atMicros(i);
        }
    }
}
