package io.headgate.policy.match;

import io.headgate.limiter.Quota;

/** How much a limit allows, before it is tied to a caller. */
public sealed interface Amount {
    /** As much as the quota says. */
    record Metered(Quota quota) implements Amount {}

    /** Nothing, whatever the caller waits. */
    record Never() implements Amount {}

    /** Any amount. */
    record Unlimited() implements Amount {}
}
