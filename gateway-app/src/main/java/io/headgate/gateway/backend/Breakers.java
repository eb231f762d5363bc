package io.headgate.gateway.backend;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.PolicySet;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreaker;

/**
 * The breaker of each backend, as the policy in force has it. A breaker whose rule changes starts anew, closed; one
 * whose rule stays keeps its state through reloads.
 */
final class Breakers {

    private static final Logger log = LoggerFactory.getLogger(Breakers.class);

    /** Calls that are let through to see whether the backend is well again. */
    private static final int PROBES = 5;

    private final Supplier<PolicySet> policies;
    private final ReactiveResilience4JCircuitBreakerFactory factory;
    private final Map<String, Guarded> current = new ConcurrentHashMap<>();

    /** A breaker with the rule it was made of. */
    record Guarded(BreakerRule rule, ReactiveCircuitBreaker breaker) {}

    Breakers(Supplier<PolicySet> policies, ReactiveResilience4JCircuitBreakerFactory factory) {
        this.policies = policies;
        this.factory = factory;
        // Made now rather than at the first call, so that their meters are there from the start.
        policies.get().breakers().keySet().forEach(this::of);
    }

    /** The breaker of a backend; empty if the policy has none for it. */
    Optional<Guarded> of(String backend) {
        BreakerRule rule = policies.get().breakers().get(backend);
        if (rule == null) {
            return Optional.empty();
        }
        Guarded known = current.get(backend);
        if (known != null && known.rule().equals(rule)) {
            return Optional.of(known);
        }
        return Optional.of(remade(backend, rule));
    }

    private Guarded remade(String backend, BreakerRule rule) {
        return current.compute(backend, (name, known) -> {
            if (known != null && known.rule().equals(rule)) {
                return known;
            }
            factory.getCircuitBreakerRegistry().remove(name);
            factory.configure(builder -> builder.circuitBreakerConfig(config(rule)), name);
            ReactiveCircuitBreaker breaker = factory.create(name);
            announce(factory.getCircuitBreakerRegistry().circuitBreaker(name, config(rule)), rule);
            return new Guarded(rule, breaker);
        });
    }

    private static CircuitBreakerConfig config(BreakerRule rule) {
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(rule.calls())
                .minimumNumberOfCalls(rule.calls())
                .failureRateThreshold(rule.failurePercent())
                .waitDurationInOpenState(rule.retryAfter())
                .permittedNumberOfCallsInHalfOpenState(Math.min(PROBES, rule.calls()))
                .ignoreExceptions(ClientGone.class);
        rule.slowCall()
                .ifPresentOrElse(
                        slow -> config.slowCallDurationThreshold(slow).slowCallRateThreshold(rule.failurePercent()),
                        () -> config.slowCallDurationThreshold(Duration.ofDays(1)));
        return config.build();
    }

    private static void announce(CircuitBreaker breaker, BreakerRule rule) {
        breaker.getEventPublisher()
                .onStateTransition(event -> log.warn(
                        "Breaker of {}: {} (opens when {} % of {} calls fail)",
                        rule.backend(), event.getStateTransition(), rule.failurePercent(), rule.calls()));
    }
}
