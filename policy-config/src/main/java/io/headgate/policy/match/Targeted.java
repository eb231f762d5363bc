package io.headgate.policy.match;

import java.time.Instant;

/** Something that a policy says of somebody, perhaps until some day. */
interface Targeted {

    /** Of whom. */
    Target target();

    /** Whether it has ended by then. */
    boolean endedBy(Instant now);
}
