package io.headgate.policy.simulate;

/** What became of the requests of one user, or of one address without a user. */
public final class SubjectTally {

    private final String name;
    private String plan = "";
    private long requests;
    private long refusedBefore;
    private long refusedAfter;

    SubjectTally(String name) {
        this.name = name;
    }

    void judged(String plan, boolean before, boolean after) {
        this.plan = plan;
        requests++;
        refusedBefore += before ? 1 : 0;
        refusedAfter += after ? 1 : 0;
    }

    /** Who it is, as the log has it. */
    public String name() {
        return name;
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
