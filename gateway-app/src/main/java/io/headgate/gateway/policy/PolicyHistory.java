package io.headgate.gateway.policy;

import io.headgate.policy.diff.PolicyDiff;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.reload.ReloadStatus;
import io.headgate.policy.source.PolicyText;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The policies that have been in force since this gateway started, the latest few of them. Thread-safe. */
final class PolicyHistory {

    private static final int MOST = 20;

    private final Deque<Revision> revisions = new ArrayDeque<>();

    /**
     * One of them.
     *
     * @param number its revision
     * @param policy the policy
     * @param text what it was read from
     * @param since when it came into force
     * @param changes what it changed, in a few words
     */
    record Revision(long number, PolicySet policy, PolicyText text, Instant since, String changes) {}

    /** Adds a policy that has come into force, unless it is here already. */
    synchronized void add(PolicySet policy, PolicyText text, ReloadStatus status) {
        if (!revisions.isEmpty() && revisions.getFirst().number() >= status.revision()) {
            return;
        }
        String changes = revisions.isEmpty()
                ? "the first since the start"
                : PolicyDiff.of(revisions.getFirst().policy().rules(), policy.rules())
                        .summary();
        revisions.addFirst(new Revision(status.revision(), policy, text, status.loadedAt(), changes));
        if (revisions.size() > MOST) {
            revisions.removeLast();
        }
    }

    /** All that are remembered, the latest first. */
    synchronized List<Revision> all() {
        return List.copyOf(revisions);
    }

    /** The policy in force. */
    synchronized Revision latest() {
        return revisions.getFirst();
    }

    synchronized Optional<Revision> revision(long number) {
        return revisions.stream().filter(one -> one.number() == number).findFirst();
    }
}
