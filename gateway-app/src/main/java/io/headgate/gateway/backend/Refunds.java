package io.headgate.gateway.backend;

import io.headgate.gateway.ratelimit.Admission;
import io.headgate.gateway.telemetry.RecurringLog;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.BreakerRule.Refund;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives callers back what a request took from their limits if they got nothing for it: always when the backend has seen
 * nothing of it, and after any failure of the backend where the policy says so.
 */
final class Refunds {

    /** Not for clients that went away: they had their chance. */
    private final Map<Failure, Counter> given = new EnumMap<>(Failure.class);

    private final RecurringLog giving;

    Refunds(String backend, MeterRegistry registry) {
        giving = new RecurringLog(
                LoggerFactory.getLogger(Refunds.class),
                backend + ": requests that failed are given back what they took from their limits");
        for (Failure failure : EnumSet.complementOf(EnumSet.of(Failure.CLIENT_GONE))) {
            given.put(
                    failure,
                    Counter.builder("ratelimit.refunds")
                            .description("Requests that were given back what they had taken from their limits")
                            .tag("backend", backend)
                            .tag("reason", failure.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    /** Gives back what this failure entitles to. */
    void after(Failure failure, Optional<BreakerRule> rule, ServerWebExchange exchange) {
        Counter counter = given.get(failure);
        boolean due = failure.beforeTheBackend()
                || rule.filter(known -> known.refund() == Refund.FAILED).isPresent();
        if (counter != null
                && due
                && Admission.of(exchange).filter(Admission::giveBack).isPresent()) {
            counter.increment();
            giving.happened();
        }
    }
}
