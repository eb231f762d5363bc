package io.headgate.load.bench;

import java.util.Map;

/**
 * What a load generator saw.
 *
 * @param requests answers that arrived while it counted
 * @param micros for how long it counted
 * @param p50Micros half of the answers took at most so long
 * @param p99Micros 99 of 100 answers took at most so long
 * @param otherStatuses answers other than 200, by status, over the whole load
 * @param uncharged answers without a sign that their limits were charged, over the whole load
 */
record Measurement(
        long requests, long micros, long p50Micros, long p99Micros, Map<Integer, Long> otherStatuses, long uncharged) {

    double perSecond() {
        return requests * 1e6 / micros;
    }
}
