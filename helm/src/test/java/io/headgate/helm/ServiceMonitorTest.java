package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceMonitorTest {

    @Test
    void is_left_out_unless_the_operator_is_there() {
        assertThat(ValueSet.HAZELCAST.render().of(GenericKubernetesResource.class))
                .isEmpty();
    }

    @Test
    void carries_the_labels_that_prometheus_selects_by() {
        assertThat(monitor(ValueSet.PRODUCTION.render()).getMetadata().getLabels())
                .containsEntry("release", "prometheus");
    }

    @Test
    void scrapes_the_management_port_of_every_pod_once() {
        Manifests manifests = ValueSet.PRODUCTION.render();
        GenericKubernetesResource monitor = monitor(manifests);
        Map<String, String> selector = monitor.get("spec", "selector", "matchLabels");
        String port = monitor.get("spec", "endpoints", 0, "port");
        String path = monitor.get("spec", "endpoints", 0, "path");
        assertThat(path).isEqualTo("/actuator/prometheus");
        assertThat(manifests.of(Service.class))
                .filteredOn(
                        service -> service.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .singleElement()
                .satisfies(service -> assertThat(service.getSpec().getPorts())
                        .extracting(ServicePort::getName)
                        .containsExactly(port));
    }

    private static GenericKubernetesResource monitor(Manifests manifests) {
        return manifests.the(GenericKubernetesResource.class);
    }
}
