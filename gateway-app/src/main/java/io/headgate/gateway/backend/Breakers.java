package io.headgate.gateway.backend;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
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
 * The breaker of each instance of a backend, as the policy in force has it for the backend. A breaker whose rule changes
 * starts anew, closed; one whose rule stays keeps its state through reloads.
 */
final class Breakers {

    private static final Logger log = LoggerFactory.getLogger(Breakers.class);

    /** Calls that are let through to see whether the backend is well again. */
    private static final int PROBES = 5;

    private final Supplier<PolicySet> policies;
    private final ReactiveResilience4JCircuitBreakerFactory factory;
    private final Map<String, Guarded> current = new ConcurrentHashMap<>();

    /**
     * A breaker with the rule it was made of.
     *
     * @param breaker runs calls
     * @param state what it is in
     */
    record Guarded(BreakerRule rule, ReactiveCircuitBreaker breaker, CircuitBreaker state) {}

    Breakers(Supplier<PolicySet> policies, ReactiveResilience4JCircuitBreakerFactory factory) {
        this.policies = policies;
        this.factory = factory;
    }

    /** Makes them now rather than at the first call, so that their meters are there from the start. */
    void prepare(Backend backend) {
        backend.instances().forEach(instance -> of(backend, instance));
    }

    /** What the policy says of a backend, if it says anything. */
    Optional<BreakerRule> rule(Backend backend) {
        return Optional.ofNullable(policies.get().breakers().get(backend.name()));
    }

    /** The breaker of an instance; empty if the policy has none for its backend. */
    Optional<Guarded> of(Backend backend, Instance instance) {
        return rule(backend).map(rule -> {
            Guarded known = current.get(instance.name());
            return known != null && known.rule().equals(rule) ? known : remade(instance.name(), rule);
        });
    }

    /** Whether the breaker of an instance lets requests through, or some of them to see how it is. */
    boolean permits(Backend backend, Instance instance) {
        return of(backend, instance)
                .map(guard -> guard.state().getState() != CircuitBreaker.State.OPEN)
                .orElse(true);
    }

    private Guarded remade(String instance, BreakerRule rule) {
        return current.compute(instance, (name, known) -> {
            if (known != null && known.rule().equals(rule)) {
                return known;
            }
            factory.getCircuitBreakerRegistry().remove(name);
            factory.configure(builder -> builder.circuitBreakerConfig(config(rule)), name);
            ReactiveCircuitBreaker breaker = factory.create(name);
            CircuitBreaker state = factory.getCircuitBreakerRegistry().circuitBreaker(name, config(rule));
            announce(state, rule);
            return new Guarded(rule, breaker, state);
        });
    }

    private static CircuitBreakerConfig config(BreakerRule rule) {
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
                .slidingWindowType(
                        rule.within().isPresent() ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(rule.within().map(Breakers::seconds).orElse(rule.calls()))
                .minimumNumberOfCalls(rule.calls())
                .failureRateThreshold(rule.failurePercent())
                .waitDurationInOpenState(rule.retryAfter())
                // By itself: an instance is not chosen while its breaker is open, and no call would come to open it
                // half.
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(Math.min(PROBES, rule.calls()))
                .ignoreExceptions(ClientGone.class);
        rule.slowCall()
                .ifPresentOrElse(
                        slow -> config.slowCallDurationThreshold(slow).slowCallRateThreshold(rule.failurePercent()),
                        () -> config.slowCallDurationThreshold(Duration.ofDays(1)));
        return config.build();
    }

    private static int seconds(Duration time) {
        return Math.toIntExact(time.toSeconds());
    }

    private static void announce(CircuitBreaker breaker, BreakerRule rule) {
        breaker.getEventPublisher()
                .onStateTransition(event -> log.warn(
                        "Breaker of {}: {} (opens when {} % of {} calls{} fail)",
                        breaker.getName(),
                        event.getStateTransition(),
                        rule.failurePercent(),
                        rule.calls(),
                        rule.within()
                                .map(time -> " within " + time.toSeconds() + " s")
                                .orElse("")));
    }
}
