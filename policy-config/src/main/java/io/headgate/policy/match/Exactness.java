package io.headgate.policy.match;

/** How a limit is counted from several gateways. */
public enum Exactness {
    /** Each decision is made in the store. */
    EXACT,
    /** A gateway on which a counter is hot charges a little of it in advance, and decides by that. */
    LEASED
}
