package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScalingTest {

    @Test
    void runs_a_fixed_number_of_pods_by_default() {
        Manifests manifests = ValueSet.HAZELCAST.render();
        assertThat(manifests.of(HorizontalPodAutoscaler.class)).isEmpty();
        assertThat(manifests.the(Deployment.class).getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void leaves_the_number_of_pods_to_the_autoscaler_when_there_is_one() {
        Manifests manifests = ValueSet.PRODUCTION.render();
        Deployment deployment = manifests.the(Deployment.class);
        assertThat(deployment.getSpec().getReplicas()).isNull();
        var autoscaler = manifests.the(HorizontalPodAutoscaler.class).getSpec();
        assertThat(autoscaler.getScaleTargetRef().getKind()).isEqualTo("Deployment");
        assertThat(autoscaler.getScaleTargetRef().getName())
                .isEqualTo(deployment.getMetadata().getName());
        assertThat(autoscaler.getMinReplicas()).isEqualTo(4);
        assertThat(autoscaler.getMaxReplicas()).isEqualTo(20);
    }

    @Test
    void scales_on_a_resource_that_the_pods_request() {
        Manifests manifests = ValueSet.PRODUCTION.render();
        assertThat(manifests.the(HorizontalPodAutoscaler.class).getSpec().getMetrics())
                .extracting(metric -> metric.getResource().getName())
                .allSatisfy(resource -> assertThat(
                                manifests.gateway().getResources().getRequests())
                        .containsKey(resource));
    }

    @ParameterizedTest
    @EnumSource
    void gives_up_one_pod_at_a_time_and_never_blocks_a_drain(ValueSet values) {
        var budget = values.render().the(PodDisruptionBudget.class).getSpec();
        assertThat(budget.getMaxUnavailable()).isEqualTo(new IntOrString(1));
        assertThat(budget.getMinAvailable()).isNull();
        assertThat(budget.getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
    }
}
