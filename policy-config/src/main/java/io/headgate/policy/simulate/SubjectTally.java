package io.headgate.policy.simulate;

import io.headgate.policy.net.IpAddress;

/** What became of the requests of one user, or of one address without a user. */
public final class SubjectTally {

    private final Object subject;
    private String plan = "";
    private long requests;
    private long refusedBefore;
    private long refusedAfter;

    /** @param subject id of a user, or an address */
    SubjectTally(Object subject) {
        this.subject = subject;
    }

    void judged(String plan, boolean before, boolean after) {
        this.plan = plan;
        requests++;
        refusedBefore += before ? 1 : 0;
        refusedAfter += after ? 1 : 0;
    }

    /** Who it is, as the log has it. */
    public String name() {
        return (subject instanceof IpAddress ? "ip " : "user ") + subject;
    }

    /** Its plan, as last seen. */
    public String plan() {
        return plan;
    }

    /** All of its requests. */
    public long requests() {
        return requests;
    }

    /** Those that were refused before. */
    public long refusedBefore() {
        return refusedBefore;
    }

    /** Those that are refused now. */
    public long refusedAfter() {
        return refusedAfter;
    }

    /** How many more are refused than before. */
    public long more() {
        return refusedAfter - refusedBefore;
    }
}
