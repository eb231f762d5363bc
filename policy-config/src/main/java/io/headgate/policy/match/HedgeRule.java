package io.headgate.policy.match;

import java.time.Duration;

/** When a read that has not been answered is sent to a second instance as well. */
public sealed interface HedgeRule {

    /** Never. */
    record None() implements HedgeRule {}

    /**
     * After a time.
     *
     * @param time from when it was sent
     */
    record After(Duration time) implements HedgeRule {}

    /** When it has taken longer than 95 % of the latest answers took to begin. */
    record AfterP95() implements HedgeRule {}
}
