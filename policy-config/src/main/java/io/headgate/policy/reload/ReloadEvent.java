package io.headgate.policy.reload;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.util.List;

/** Something happened to the policy files. */
public sealed interface ReloadEvent {

    /** What {@link PolicyWatcher#status()} says from now on. */
    ReloadStatus status();

    /**
     * A new policy is in force.
     *
     * @param text what it was read from
     */
    record Live(PolicySet policy, PolicyText text, List<Problem> warnings, ReloadStatus status)
            implements ReloadEvent {}

    /** The files cannot be used; the policy in force stays. Raised once for each broken content. */
    record Refused(List<Problem> problems, ReloadStatus status) implements ReloadEvent {}

    /** The files say again what is in force, after they could not be used. */
    record Restored(ReloadStatus status) implements ReloadEvent {}
}
