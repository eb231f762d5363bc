package io.headgate.policy.match;

/** One of the things a limit can count by. The order is that of the parts in a counter's key. */
public enum SubjectKind {
    /** The verified user; for anonymous callers the client's network. */
    USER,
    /** The verified user's organisation; a caller without one is not counted. */
    TENANT,
    /** The client's network: its address, grouped by the prefixes in {@link IdentityRules}. */
    IP,
    /** The policy route that matched. */
    ROUTE,
    /** All callers together. */
    EVERYONE
}
