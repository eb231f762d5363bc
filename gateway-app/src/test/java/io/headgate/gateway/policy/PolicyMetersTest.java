package io.headgate.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.Rollout;
import io.headgate.policy.reload.ReloadStatus;
import io.headgate.policy.source.PolicyText;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyMetersTest {

    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            identity: { plan: { default: free }, anonymous: { plan: free } }
            limits: { api: { per: ip, type: window }, export: { per: ip, type: window } }
            plans: { free: { api: 1k/h, export: 10/h } }
            routes: { all: { match: /**, limits: [api, export] } }
            rollouts:
            """;
    private static final String TIGHTER =
            "- { name: tighter, set: { free: { api: 50/h } }, mode: shadow, percent: 100, stop-if: denied > 40% for 1min }\n";
    private static final String LOOSER =
            "- { name: looser, set: { free: { export: 20/h } }, mode: enforce, percent: 10 }\n";

    private Instant now = Instant.parse("2026-06-01T00:00:00Z");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PolicyHistory history = new PolicyHistory();
    private final PolicyMeters meters = new PolicyMeters(history, registry);
    private long revision;

    /** As when an edit goes live. */
    private PolicySet live(String yaml) {
        PolicyText text = PolicyText.of("policy.yaml", yaml);
        PolicySet policy = ((LoadResult.Loaded) new PolicyLoader(() -> now).load(text)).policy();
        if (revision > 0) {
            policy.continueRollouts(history.latest().policy());
        }
        revision++;
        history.add(policy, text, new ReloadStatus(revision, text.hash(), now, Optional.empty()));
        meters.refresh();
        return policy;
    }

    private void stop(Rollout rollout) {
        for (int i = 0; i < 100; i++) {
            rollout.decided(true);
        }
        now = now.plusSeconds(60);
        rollout.decided(true);
    }

    private List<String> rollouts() {
        return registry.find("policy.rollout.stopped").gauges().stream()
                .map(gauge -> gauge.getId().getTag("rollout") + " " + (int) gauge.value())
                .toList();
    }

    @Test
    void aRolloutThatHasStoppedItselfIsSeenUntilThePolicySaysSomethingElseAboutIt() {
        PolicySet policy = live(POLICY + TIGHTER + LOOSER);
        assertThat(rollouts()).containsExactlyInAnyOrder("tighter 0", "looser 0");
        stop(policy.rollouts().get(0));
        assertThat(rollouts()).containsExactlyInAnyOrder("tighter 1", "looser 0");
        assertThat(LimitsOperations.rollouts(policy))
                .hasToString("[{name=tighter, mode=shadow, percent=100, stopIf=denied > 40% for 60s, stopped=true},"
                        + " {name=looser, mode=enforce, percent=10, stopped=false}]");

        live(POLICY.replace("10/h", "11/h") + TIGHTER + LOOSER);
        assertThat(rollouts()).containsExactlyInAnyOrder("tighter 1", "looser 0");

        live(POLICY + TIGHTER.replace("50/h", "500/h"));
        assertThat(rollouts()).containsExactly("tighter 0");
    }

    @Test
    void manyEditsLeaveTheSeriesOfTheLastOneOnly() {
        PolicySet policy = live(POLICY + TIGHTER);
        int series = registry.getMeters().size();
        for (int i = 0; i < 100; i++) {
            policy = live(POLICY.replace("1k/h", (1_000 + i) + "/h") + TIGHTER.replace("tighter", "tighter-" + i));
            assertThat(registry.getMeters()).hasSize(series);
        }
        assertThat(registry.get("policy.info").gauge().getId().getTag("hash")).isEqualTo(policy.hash());
        assertThat(registry.get("policy.info").gauge().value()).isEqualTo(1);
    }
}
