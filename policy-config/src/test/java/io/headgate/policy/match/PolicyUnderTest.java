package io.headgate.policy.match;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.source.Problem;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** A policy that loads, and a clock to move. */
final class PolicyUnderTest {

    static final IpAddress IP = IpAddress.parse("203.0.113.7").orElseThrow();
    static final Caller ALICE = new Caller("alice", "acme", "free");

    private final AtomicReference<Instant> now;
    private final PolicySet policy;

    private PolicyUnderTest(AtomicReference<Instant> now, PolicySet policy) {
        this.now = now;
        this.policy = policy;
    }

    static PolicyUnderTest of(String sections) {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T00:00:00Z"));
        LoadResult result =
                new PolicyLoader(now::get).parse("policy.yaml", "apiVersion: limits/v1\nkind: Policy\n" + sections);
        if (result instanceof LoadResult.Rejected rejected) {
            throw new AssertionError(
                    rejected.problems().stream().map(Problem::render).toList());
        }
        return new PolicyUnderTest(now, ((LoadResult.Loaded) result).policy());
    }

    PolicySet policy() {
        return policy;
    }

    void at(String instant) {
        now.set(Instant.parse(instant));
    }

    LimitPlan get(Caller caller) {
        return policy.match(new RequestFacts("GET", "/feed", IP, caller));
    }
}
