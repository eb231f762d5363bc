package io.headgate.gateway.ratelimit;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.telemetry.DecisionMeters;
import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the limits: store, gate, and what operators see of them. */
@Configuration(proxyBeanMethods = false)
class RateLimitConfiguration {

    @Bean
    LimitStores limitStores(HeadgateProperties properties, Supplier<PolicySet> policies, MeterRegistry registry) {
        return new LimitStores(
                SharedStore.open(properties.store()),
                key -> policies.get().isLeased(key),
                () -> policies.get().defaults().storeTimeout(),
                registry);
    }

    @Bean
    LimitGate limitGate(LimitStores stores, MeterRegistry registry) {
        return new LimitGate(stores.top(), new DecisionMeters(registry), new SlotMeters(registry));
    }

    @Bean
    SharedNotes sharedNotes(LimitStores stores) {
        return stores.notes();
    }

    @Bean
    Reminders reminders(LimitStores stores) {
        return stores.reminders();
    }

    /** Never worse than degraded: while the store is away the gateway goes on by the limits' on-store-failure. */
    @Bean
    HealthIndicator limitStoreHealthIndicator(LimitStores stores) {
        return () -> Health.status(stores.answering() ? Status.UP : new Status("DEGRADED"))
                .withDetail("store", stores.name())
                .withDetail("answering", stores.answering())
                .withDetail("nodes", stores.nodes())
                .build();
    }
}
