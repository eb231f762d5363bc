package io.headgate.load.bench;

import java.util.function.ToDoubleFunction;

/**
 * A figure of one contender as a multiple of the same figure of another.
 *
 * @param what which figure
 * @param contender whose
 * @param base whose is one
 * @param figure where it stands
 */
record Comparison(String what, String contender, String base, ToDoubleFunction<Results.Round> figure) {

    static Comparison ofThroughput(String contender, String base) {
        return new Comparison("requests/s", contender, base, Results.Round::requestsPerSecond);
    }

    static Comparison ofProcessorTime(String contender, String base) {
        return new Comparison("cpu/request", contender, base, Results.Round::processorMicrosPerRequest);
    }

    String name() {
        return contender + " / " + base + ", " + what;
    }
}
