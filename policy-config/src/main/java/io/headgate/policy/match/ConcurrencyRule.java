package io.headgate.policy.match;

/** How many requests a server of a backend gets at the same time. */
public sealed interface ConcurrencyRule {

    /** As many as it answers without making them queue, found out from how long its answers take. */
    record Adaptive() implements ConcurrencyRule {}

    /**
     * A number.
     *
     * @param requests at least 1
     */
    record Fixed(int requests) implements ConcurrencyRule {}

    /** As many as come. */
    record None() implements ConcurrencyRule {}
}
