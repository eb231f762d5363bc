package io.headgate.limiter.testkit;

import io.headgate.limiter.LimitStore;

/** Nodes that share one set of counters and a clock the test turns by hand. */
public interface Fleet extends AutoCloseable {

    /** One node's store; 0 and 1 are different nodes, as different as two processes can be in one JVM. */
    LimitStore node(int index);

    /** Sets the clock that the counters live by. */
    void setMicros(long nowMicros);

    @Override
    void close();
}
