package io.headgate.limiter;

/** What a limit says about a call when the store that counts it does not answer. */
public enum OnStoreFailure {
    /** This node enforces its share: the quota divided by the number of live nodes. */
    LOCAL,
    /** The limit lets the call pass; this node counts what it sees and refuses nothing. */
    OPEN,
    /** The call is not decided: its {@link StoreUnavailable} reaches the caller. */
    CLOSED
}
