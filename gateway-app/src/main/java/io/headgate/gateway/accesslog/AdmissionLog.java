package io.headgate.gateway.accesslog;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.SubjectKind;
import io.headgate.policy.replay.VirtualClock;
import io.headgate.policy.traffic.AccessRecord;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says what became of requests at the edge, to whoever keeps a log of that; to nobody by default. Thread-safe. */
public final class AdmissionLog {

    private final @Nullable RequestLog log;
    private final InstantSource clock;
    private volatile @Nullable FieldsOfInterest fields;

    AdmissionLog(@Nullable RequestLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /** The header fields that a policy looks at: those that routes match are shown, those it only counts by are not. */
    private record FieldsOfInterest(PolicySet policy, Set<String> shown, Set<String> counted) {

        static FieldsOfInterest of(PolicySet policy) {
            PolicyRules rules = policy.rules();
            Set<String> shown = new TreeSet<>();
            Set<String> counted = new TreeSet<>();
            for (RouteRule route : rules.routes()) {
                route.pattern().headers().values().keySet().forEach(name -> shown.add(name.toLowerCase(Locale.ROOT)));
            }
            for (LimitRule limit : rules.limits()) {
                limit.per().stream()
                        .filter(kind -> kind.source() == SubjectKind.Source.HEADER)
                        .forEach(kind -> counted.add(kind.name()));
            }
            counted.removeAll(shown);
            return new FieldsOfInterest(policy, shown, counted);
        }
    }

    /** The request was let in. */
    public void allowed(PolicySet policy, RequestFacts facts) {
        add(policy, facts, true, io.headgate.policy.replay.Verdict.ALLOWED, List.of());
    }

    /** The block list turned the caller away. */
    public void blocked(PolicySet policy, RequestFacts facts) {
        add(policy, facts, true, io.headgate.policy.replay.Verdict.BLOCKED, List.of());
    }

    /** The credential was not accepted. */
    public void unauthenticated(PolicySet policy, RequestFacts facts) {
        add(policy, facts, false, io.headgate.policy.replay.Verdict.UNAUTHENTICATED, List.of());
    }

    /** The caller is not what the route requires. */
    public void forbidden(PolicySet policy, RequestFacts facts) {
        add(policy, facts, true, io.headgate.policy.replay.Verdict.FORBIDDEN, List.of());
    }

    /**
     * The limits did not let the request in.
     *
     * @param authenticated whether the caller was known by then
     */
    public void notAdmitted(PolicySet policy, RequestFacts facts, boolean authenticated, Verdict verdict) {
        if (verdict instanceof Verdict.Refused refused) {
            List<String> by = refused.standings().stream()
                    .filter(Standing::refuses)
                    .map(standing -> standing.limit().name())
                    .toList();
            add(policy, facts, authenticated, io.headgate.policy.replay.Verdict.REFUSED, by);
        } else if (verdict instanceof Verdict.Excluded excluded) {
            List<String> by = List.of(excluded.limit().name());
            add(policy, facts, authenticated, io.headgate.policy.replay.Verdict.REFUSED, by);
        } else {
            add(policy, facts, authenticated, null, List.of());
        }
    }

    private void add(
            PolicySet policy,
            RequestFacts facts,
            boolean authenticated,
            io.headgate.policy.replay.@Nullable Verdict verdict,
            List<String> by) {
        if (log == null) {
            return;
        }
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
                values(looked.shown(), facts),
                values(looked.counted(), facts),
                facts.ip(),
                facts.caller(),
                authenticated,
                verdict,
                by));
    }

    private static Map<String, String> values(Set<String> names, RequestFacts facts) {
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            String value = facts.headers().value(name);
            if (value != null) {
                values.put(name, value);
            }
        }
        return values;
    }
}
