package io.headgate.policy.simulate;

/** What one limit did to the callers of one plan. */
public final class LimitTally {

    private long requests;
    private long refusedBefore;
    private long refusedAfter;
    private long onTrial;

    LimitTally() {}

    void judged() {
        requests++;
    }

    void refusedBefore() {
        refusedBefore++;
    }

    void refusedAfter() {
        refusedAfter++;
    }

    void wouldRefuse() {
        onTrial++;
    }

    /** Requests that it judged, now. */
    public long requestCount() {
        return requests;
    }

    /** Requests that it refused before. */
    public long refusedBeforeCount() {
        return refusedBefore;
    }

    /** Requests that it refuses now. */
    public long refusedAfterCount() {
        return refusedAfter;
    }

    /** Requests that it lets pass, and would refuse if it were not in shadow mode. */
    public long onTrialCount() {
        return onTrial;
    }
}
