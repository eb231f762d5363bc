package io.headgate.gateway.ratelimit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.policy.match.PlannedLimit;
import java.util.List;
import java.util.Optional;

/** What a request's limits say about it, all together. */
public sealed interface Verdict {

    /**
     * It fits all of them, and they have been charged.
     *
     * @param standings how the caller stands with each counted limit now
     * @param reservation what was charged; empty if nothing was counted
     */
    record Admitted(List<Standing> standings, Optional<Reservation> reservation) implements Verdict {

        static final Admitted UNCOUNTED = new Admitted(List.of(), Optional.empty());
    }

    /**
     * What an admission has taken, for giving it back.
     *
     * @param charges what was charged
     * @param admission the decision that did
     */
    record Reservation(List<Charge> charges, Decision.Allowed admission) {}

    /**
     * It has to wait, and nothing was charged.
     *
     * @param standings how the caller stands with the limits that were looked at; one that refuses is among them
     */
    record Refused(List<Standing> standings) implements Verdict {}

    /**
     * Its plan allows nothing of the kind, or less than it costs, or it does not say what it costs. Waiting does not
     * help.
     *
     * @param limit the limit that refuses it
     */
    record Excluded(PlannedLimit limit) implements Verdict {}

    /**
     * Its session has ended, since another one of the same caller has taken its place.
     *
     * @param limit the limit that has no place for both
     */
    record Superseded(PlannedLimit limit) implements Verdict {}

    /** The store gave no answer, and a limit of the request must not pass without one. */
    record Undecided() implements Verdict {}
}
