package io.headgate.gateway.policy;

import io.headgate.policy.diff.PolicyDiff;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.reload.ReloadStatus;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What became of the edits of the policy since this gateway started, of the latest few of them. Thread-safe. */
final class PolicyHistory {

    private static final int MOST = 20;

    private final Deque<Revision> revisions = new ArrayDeque<>();
    private final Deque<Refusal> refusals = new ArrayDeque<>();

    /**
     * An edit that came into force.
     *
     * @param number its revision
     * @param policy the policy
     * @param text what it was read from
     * @param since when it came into force
     * @param changes what it changed, in a few words
     */
    record Revision(long number, PolicySet policy, PolicyText text, Instant since, String changes) {}

    /**
     * An edit that could not be used.
     *
     * @param at when it was found
     * @param problems how many problems it has
     * @param first the first of them, in one line
     */
    record Refusal(Instant at, int problems, String first) {}

    /** Adds an edit that could not be used. */
    synchronized void addRefused(List<Problem> problems, Instant at) {
        String first = problems.get(0).render().lines().findFirst().orElse("");
        refusals.addFirst(new Refusal(at, problems.size(), first));
        if (refusals.size() > MOST) {
            refusals.removeLast();
        }
    }

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

    /** The edits that came into force, the latest first. */
    synchronized List<Revision> revisions() {
        return List.copyOf(revisions);
    }

    /** The edits that could not be used, the latest first. */
    synchronized List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /** The policy in force. */
    synchronized Revision latest() {
        return revisions.getFirst();
    }

    synchronized Optional<Revision> revision(long number) {
        return revisions.stream().filter(one -> one.number() == number).findFirst();
    }
}
