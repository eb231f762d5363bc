package io.headgate.gateway.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts decisions as {@code ratelimit.decisions}, by limit, plan and outcome. The first two come from the policy, never
 * from a request, and so the number of series is bounded by the policy.
 */
public final class DecisionMeters {

    /** What a limit said about a request. */
    public enum Outcome {
        /** It fits. */
        ALLOWED,
        /** It does not fit. */
        DENIED,
        /** It does not fit, but the limit is on trial and refuses nothing. */
        SHADOW_DENIED,
        /** It does not fit, but the caller is exempt. */
        EXEMPT,
        /** The plan sets no limit. */
        UNLIMITED,
        /** The store gave no answer, and the limit must not pass without one. */
        UNDECIDED
    }

    private record Series(String limit, String plan, Outcome outcome) {}

    private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
    private final MeterRegistry registry;

    /** Counters in {@code registry}. */
    public DecisionMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts one decision of one limit. */
    public void count(String limit, String plan, Outcome outcome) {
        counters.computeIfAbsent(new Series(limit, plan, outcome), this::register)
                .increment();
    }

    private Counter register(Series series) {
        return Counter.builder("ratelimit.decisions")
                .description("What limits said about requests")
                .tag("limit", series.limit())
                .tag("plan", series.plan())
                .tag("outcome", series.outcome().name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}
