package io.headgate.policy.replay;

import java.util.Locale;

/** What becomes of a request at the gateway. */
public enum Verdict {
    /** It fits all of its limits, and goes on to its backend. */
    ALLOWED,
    /** A limit refuses it. */
    REFUSED,
    /** The policy's block list turns its caller away. */
    BLOCKED,
    /** Its credential is not accepted, and the limits before authentication have room for another failure. */
    UNAUTHENTICATED,
    /** Its caller is not what the route requires, and the limits before authentication have room for another failure. */
    FORBIDDEN;

    /** As tests and logs write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
