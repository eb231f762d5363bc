package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManifestsTest {

    @ParameterizedTest
    @EnumSource
    void passes_helms_strict_lint(ValueSet values, @TempDir Path scratch) {
        var result = Chart.lint(values.file(), scratch);
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void has_no_field_that_kubernetes_does_not_know(ValueSet values) {
        assertThat(modelled(values.render()))
                .isNotEmpty()
                .flatMap(UnknownFields::in)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void is_the_same_on_the_oldest_and_on_a_new_kubernetes(ValueSet values) {
        assertThat(Chart.render("1.35.0", values.file())).isEqualTo(values.render());
    }

    @ParameterizedTest
    @EnumSource
    void selects_its_own_pods_by_every_selector(ValueSet values) {
        Manifests manifests = values.render();
        assertThat(selectors(manifests))
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(manifests.podLabels()).containsAllEntriesOf(selector));
    }

    @ParameterizedTest
    @EnumSource
    void names_every_object_once(ValueSet values) {
        assertThat(values.render().all())
                .extracting(manifest ->
                        manifest.getKind() + "/" + manifest.getMetadata().getName())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void puts_no_credential_into_a_config_map(ValueSet values) {
        assertThat(values.render().of(ConfigMap.class))
                .flatMap(map -> map.getData().values())
                .allSatisfy(text -> assertThat(text).doesNotContainIgnoringCase("password"));
    }

    @Test
    void keeps_names_within_what_kubernetes_allows(@TempDir Path folder) throws IOException {
        Path longName = folder.resolve("values.yaml");
        Files.writeString(longName, "fullnameOverride: " + "g".repeat(80));
        assertThat(Chart.render(ValueSet.HAZELCAST.file(), longName).all())
                .extracting(manifest -> manifest.getMetadata().getName())
                .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(63));
    }

    @Test
    void a_field_that_is_misspelt_at_any_depth_is_found() {
        Manifests manifests = Manifests.parse("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: edge }
                spec:
                  template:
                    spec:
                      containers:
                        - name: gateway
                          livenessProbe: { httpGet: { path: /, prot: 8081 } }
                """);
        assertThat(UnknownFields.in(manifests.the(Deployment.class)))
                .containsExactly("Deployment/edge.spec.template.spec.containers[0].livenessProbe.httpGet.prot");
    }

    @Test
    void a_number_where_kubernetes_wants_text_is_found() {
        assertThatThrownBy(() -> Manifests.parse("""
                        apiVersion: v1
                        kind: ConfigMap
                        metadata: { name: edge }
                        data: { port: 8080 }
                        """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data");
    }

    @Test
    void no_value_set_is_left_out() throws IOException {
        try (Stream<Path> files = Files.list(Chart.FOLDER.resolve("ci"))) {
            assertThat(files)
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(ValueSet.values()).map(ValueSet::file).toList());
        }
    }

    /** The Prometheus operator's kinds have no model; {@link ServiceMonitorTest} reads them field by field. */
    private static List<HasMetadata> modelled(Manifests manifests) {
        return manifests.all().stream()
                .filter(manifest -> !(manifest instanceof GenericKubernetesResource))
                .toList();
    }

    private static List<Map<String, String>> selectors(Manifests manifests) {
        return Stream.of(
                        Stream.of(manifests
                                .the(Deployment.class)
                                .getSpec()
                                .getSelector()
                                .getMatchLabels()),
                        manifests.of(Service.class).stream()
                                .map(service -> service.getSpec().getSelector()),
                        manifests.of(PodDisruptionBudget.class).stream()
                                .map(budget -> budget.getSpec().getSelector().getMatchLabels()),
                        manifests.of(NetworkPolicy.class).stream()
                                .map(policy -> policy.getSpec().getPodSelector().getMatchLabels()),
                        manifests.pod().getTopologySpreadConstraints().stream()
                                .map(spread -> spread.getLabelSelector().getMatchLabels()))
                .flatMap(each -> each)
                .toList();
    }
}
