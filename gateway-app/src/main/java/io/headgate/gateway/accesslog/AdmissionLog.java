package io.headgate.gateway.accesslog;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.replay.VirtualClock;
import io.headgate.policy.traffic.AccessRecord;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of requests at the edge, to whoever keeps a log of that; to nobody by default, and
 * then requests are not even looked at. Thread-safe.
 */
public final class AdmissionLog {

    private final @Nullable RequestLog log;
    private final InstantSource clock;
    private volatile @Nullable FieldsOfInterest fields;

    AdmissionLog(@Nullable RequestLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * The request was let in.
     *
     * @param paid names of limits that requests before it had paid for it
     */
    public void allowed(PolicySet policy, Supplier<RequestFacts> request, List<String> paid) {
        add(policy, request, true, io.headgate.policy.replay.Verdict.ALLOWED, List.of(), paid);
    }

    /** The block list turned the caller away. */
    public void blocked(PolicySet policy, Supplier<RequestFacts> request) {
        add(policy, request, true, io.headgate.policy.replay.Verdict.BLOCKED, List.of(), List.of());
    }

    /** The credential was not accepted. */
    public void unauthenticated(PolicySet policy, Supplier<RequestFacts> request) {
        add(policy, request, false, io.headgate.policy.replay.Verdict.UNAUTHENTICATED, List.of(), List.of());
    }

    /** The caller is not what the route requires. */
    public void forbidden(PolicySet policy, Supplier<RequestFacts> request) {
        add(policy, request, true, io.headgate.policy.replay.Verdict.FORBIDDEN, List.of(), List.of());
    }

    /**
     * The limits did not let the request in.
     *
     * @param authenticated whether the caller was known by then
     * @param paid names of limits that requests before it had paid for it
     */
    public void notAdmitted(
            PolicySet policy,
            Supplier<RequestFacts> request,
            boolean authenticated,
            Verdict verdict,
            List<String> paid) {
        if (verdict instanceof Verdict.Refused refused) {
            List<String> by = refused.standings().stream()
                    .filter(Standing::refuses)
                    .map(standing -> standing.limit().name())
                    .toList();
            add(policy, request, authenticated, io.headgate.policy.replay.Verdict.REFUSED, by, paid);
        } else if (verdict instanceof Verdict.Excluded excluded) {
            List<String> by = List.of(excluded.limit().name());
            add(policy, request, authenticated, io.headgate.policy.replay.Verdict.REFUSED, by, paid);
        } else if (verdict instanceof Verdict.Superseded superseded) {
            List<String> by = List.of(superseded.limit().name());
            add(policy, request, authenticated, io.headgate.policy.replay.Verdict.REFUSED, by, paid);
        } else {
            add(policy, request, authenticated, null, List.of(), paid);
        }
    }

    private void add(
            PolicySet policy,
            Supplier<RequestFacts> request,
            boolean authenticated,
            io.headgate.policy.replay.@Nullable Verdict verdict,
            List<String> by,
            List<String> paid) {
        if (log == null) {
            return;
        }
        RequestFacts facts = request.get();
        FieldsOfInterest looked = fields;
        if (looked == null || looked.policy() != policy) {
            looked = FieldsOfInterest.of(policy);
            fields = looked;
        }
        log.add(new AccessRecord(
                VirtualClock.micros(clock.instant()),
                facts.method(),
                facts.host(),
                facts.path(),
                looked.shown(facts),
                looked.counted(facts),
                looked.sessions(facts),
                facts.ip(),
                facts.caller(),
                authenticated,
                verdict,
                by,
                paid));
    }
}
