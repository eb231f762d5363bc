package io.headgate.limiter.hazelcast;

import io.headgate.limiter.algorithm.LimitState;

/**
 * What one limit has counted of a subject.
 *
 * @param limit which limit
 * @param state what was counted
 * @param idleAtMicros from when on this is worth no more than nothing; kept beside the state because only its quota
 *     knows, and a call carries the quotas of its own limits only
 */
record Counter(long limit, LimitState state, long idleAtMicros) {}
