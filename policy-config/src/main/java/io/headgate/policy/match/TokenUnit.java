package io.headgate.policy.match;

/** What a limit counts. */
public enum TokenUnit {
    /** Requests. */
    REQUESTS,
    /** Bytes of request bodies. */
    BYTES,
    /** Requests or sessions under way at the same time. */
    SLOTS
}
