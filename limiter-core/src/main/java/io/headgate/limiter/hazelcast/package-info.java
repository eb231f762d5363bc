/**
 * Counters in the memory of the fleet itself: every node is a member of one Hazelcast cluster. The only package that
 * knows Hazelcast.
 */
@NullMarked
package io.headgate.limiter.hazelcast;

import org.jspecify.annotations.NullMarked;
