package io.headgate.policy.diff;

/**
 * Something other than an amount that two policies do not say alike.
 *
 * @param kind what became of it
 * @param section where in the policy
 * @param thing what it is about; empty where there is one of it only
 * @param key which of its keys; empty if the whole thing came or went
 * @param before what it said; empty if nothing
 * @param after what it says; empty if nothing
 */
public record Difference(Kind kind, String section, String thing, String key, String before, String after) {

    /** What became of something. */
    public enum Kind {
        /** It was not there before. */
        ADDED,
        /** It is no longer there. */
        REMOVED,
        /** It says something else. */
        CHANGED
    }
}
