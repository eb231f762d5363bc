package io.headgate.gateway.policy;

import io.headgate.policy.match.Rollout;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** Meters whose tags come from the policy in force: they go when it does, so that edits leave no series behind. */
final class PolicyMeters {

    private final PolicyHistory history;
    private final MultiGauge info;
    private final MultiGauge stopped;

    PolicyMeters(PolicyHistory history, MeterRegistry registry) {
        this.history = history;
        info = MultiGauge.builder("policy.info")
                .description("1 for the hash of the policy in force")
                .register(registry);
        stopped = MultiGauge.builder("policy.rollout.stopped")
                .description("1 once a rollout has stopped itself on this node")
                .register(registry);
    }

    /** Shows the latest policy, whoever calls first after it has come into force. */
    synchronized void refresh() {
        PolicyHistory.Revision latest = history.latest();
        info.register(List.of(MultiGauge.Row.of(Tags.of("hash", latest.text().hash()), 1)), true);
        List<MultiGauge.Row<?>> rollouts = new ArrayList<>();
        for (Rollout rollout : latest.policy().rollouts()) {
            rollouts.add(MultiGauge.Row.of(
                    Tags.of("rollout", rollout.rule().name()), rollout, tried -> tried.stopped() ? 1 : 0));
        }
        stopped.register(rollouts, true);
    }
}
