package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Counters in a Hazelcast cluster: all that is counted of a subject is one map entry, and the member that owns it
 * decides, on its own clock. An admission is answered once a second member has it too.
 *
 * <p>A call on one subject is one round trip. A call on several charges them one after the other, the one that everyone
 * shares after the others and leases last. When one of them refuses or does not answer, or the caller has ended the stage meanwhile, what was
 * charged before is given back. Until then others may be refused for a charge that comes to nothing, but never admitted
 * for one.
 *
 * <p>Thread-safe. The member or client stays the caller's to shut down.
 */
public final class HazelcastLimitStore implements LimitStore {

    private final Subjects subjects;

    /** @param hazelcast started by {@link HazelcastMember#start()} or {@link HazelcastGuest#start()} */
    public HazelcastLimitStore(HazelcastInstance hazelcast) {
        this.subjects = new Subjects(hazelcast);
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        LimitStore.checkTakeable(charges);
        return new AllOrNone(subjects, SubjectPart.of(charges), charges.size()).decide();
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        LimitStore.check(charges);
        return subjects.submitAll(SubjectPart.of(charges), part -> part.refund(part.moments(admission)))
                .thenApply(replies -> null);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        reservation.checkSettlement(actual);
        return subjects.submitAll(SubjectPart.of(reservation.charges()), part -> part.settle(reservation, actual))
                .thenApply(replies -> null);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        LimitStore.checkKeys(keys);
        Map<Subject, List<Long>> limits = new LinkedHashMap<>();
        keys.forEach(key -> limits.computeIfAbsent(key.subject(), subject -> new ArrayList<>())
                .add(key.limit()));
        CompletableFuture<?>[] calls = limits.entrySet().stream()
                .map(subject ->
                        subjects.submit(SubjectPart.keyOf(subject.getKey()), new SubjectCall.Reset(subject.getValue())))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(calls);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        LimitStore.check(charges);
        List<SubjectPart> parts = SubjectPart.of(charges);
        return subjects.submitAll(parts, SubjectPart::peek).thenApply(replies -> {
            Usage[] usages = new Usage[charges.size()];
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).putUsages(replies.get(i), usages);
            }
            return Arrays.asList(usages);
        });
    }
}
