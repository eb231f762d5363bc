package io.headgate.gateway.accesslog;

import io.headgate.policy.traffic.AccessRecord;

/** Where records of requests go. Adding one never waits. */
@FunctionalInterface
interface RequestLog {

    /** Takes a record. */
    void add(AccessRecord record);
}
