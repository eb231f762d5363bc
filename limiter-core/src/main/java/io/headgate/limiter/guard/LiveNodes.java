package io.headgate.limiter.guard;

/** Knows how many nodes enforce the same limits. Keeps its last knowledge while it cannot ask. */
@FunctionalInterface
public interface LiveNodes {

    /** This node's part, as last known. Never blocks. */
    Share share();
}
