package io.headgate.gateway.policy;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.reload.PolicyRejected;
import io.headgate.policy.reload.PolicyWatcher;
import io.headgate.policy.reload.ReloadEvent;
import io.headgate.policy.reload.ReloadStatus;
import io.headgate.policy.source.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the policy. */
@Configuration(proxyBeanMethods = false)
class PolicyConfiguration {

    @Bean
    PolicyHistory policyHistory() {
        return new PolicyHistory();
    }

    @Bean
    LimitsOperations limitsOperations(PolicyHistory history, PolicyWatcher watcher, LimitGate gate) {
        return new LimitsOperations(history, watcher::current, gate);
    }

    @Bean
    PolicyWatcher policyWatcher(HeadgateProperties properties, PolicyHistory history, MeterRegistry registry)
            throws PolicyRejected {
        Counter live = reloads("live", registry);
        Counter refused = reloads("refused", registry);
        PolicyMeters meters = new PolicyMeters(history, registry);
        Path files = Path.of(Objects.requireNonNull(properties.policy()));
        Optional<Path> backup = Optional.ofNullable(properties.policyBackup()).map(Path::of);
        PolicyWatcher watcher = PolicyWatcher.start(files, backup, event -> {
            if (event instanceof ReloadEvent.Live edit) {
                live.increment();
                history.add(edit.policy(), edit.text(), edit.status());
                meters.refresh();
            } else if (event instanceof ReloadEvent.Refused edit) {
                refused.increment();
                history.addRefused(edit.problems(), Instant.now());
            }
        });
        history.add(watcher.current(), watcher.text(), watcher.status());
        meters.refresh();
        Gauge.builder("policy.revision", watcher, watched -> watched.status().revision())
                .description("How many policies have been in force since the start")
                .register(registry);
        Gauge.builder(
                        "policy.rejected",
                        watcher,
                        watched -> watched.status().rejected().isPresent() ? 1 : 0)
                .description("1 while the policy files cannot be used and an earlier revision stays in force")
                .register(registry);
        return watcher;
    }

    private static Counter reloads(String outcome, MeterRegistry registry) {
        return Counter.builder("policy.reloads")
                .description("Edits of the policy that went live, or were refused")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Bean
    Supplier<PolicySet> policies(PolicyWatcher watcher) {
        return watcher::current;
    }

    /** Always up, since the last good policy stays in force; that an edit was refused is a detail. */
    @Bean
    HealthIndicator policyHealthIndicator(PolicyWatcher watcher) {
        return () -> {
            ReloadStatus status = watcher.status();
            Health.Builder health = Health.up()
                    .withDetail("revision", status.revision())
                    .withDetail("hash", status.hash())
                    .withDetail("loadedAt", status.loadedAt().toString());
            status.rejected()
                    .ifPresent(problems -> health.withDetail(
                            "rejected", problems.stream().map(Problem::render).toList()));
            return health.build();
        };
    }
}
