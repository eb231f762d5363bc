package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeploymentTest {

    @ParameterizedTest
    @EnumSource
    void probes_the_health_groups_on_the_management_port(ValueSet values) {
        Container gateway = values.render().gateway();
        assertThat(gateway.getStartupProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
        assertThat(gateway.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
        assertThat(gateway.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/readiness");
        assertThat(Stream.of(gateway.getStartupProbe(), gateway.getLivenessProbe(), gateway.getReadinessProbe()))
                .extracting(probe -> probe.getHttpGet().getPort())
                .containsOnly(new IntOrString("management"));
    }

    @ParameterizedTest
    @EnumSource
    void opens_the_ports_that_the_gateway_is_told_to_listen_on(ValueSet values) {
        Manifests manifests = values.render();
        Map<String, Object> properties = manifests.properties();
        Map<String, Integer> ports = ports(manifests.gateway());
        assertThat(ports)
                .containsEntry("http", (Integer) properties.get("server.port"))
                .containsEntry("management", (Integer) properties.get("management.server.port"));
        assertThat(ports.get("hazelcast")).isEqualTo(properties.get("headgate.store.hazelcast.port"));
    }

    @ParameterizedTest
    @EnumSource
    void listens_for_probes_beyond_loopback(ValueSet values) {
        assertThat(values.render().properties()).containsEntry("management.server.address", "0.0.0.0");
    }

    @ParameterizedTest
    @EnumSource
    void mounts_the_policy_as_a_directory_so_that_edits_go_live(ValueSet values) {
        Manifests manifests = values.render();
        VolumeMount mount = mount(manifests.gateway(), "policy");
        assertThat(mount.getSubPath()).isNull();
        assertThat(mount.getMountPath()).isEqualTo(manifests.properties().get("headgate.policy"));
        assertThat(volume(manifests.pod(), "policy").getConfigMap().getItems()).isEmpty();
    }

    @Test
    void mounts_the_api_keys_from_an_existing_secret_where_the_gateway_reads_them() {
        Manifests manifests = ValueSet.PRODUCTION.render();
        VolumeMount mount = mount(manifests.gateway(), "api-keys");
        assertThat(mount.getSubPath()).isNull();
        assertThat(manifests.properties().get("headgate.auth.api-keys")).isEqualTo(mount.getMountPath() + "/api-keys");
        assertThat(volume(manifests.pod(), "api-keys").getSecret().getSecretName())
                .isEqualTo("gateway-api-keys");
    }

    @ParameterizedTest
    @CsvSource({
        "PRODUCTION, headgate.auth.operator-keys, gateway-operators, operator-keys",
        "PRODUCTION, headgate.auth.jwt.revoked, gateway-revocations, tokens",
        "PRODUCTION, headgate.auth.jwt.trust, company-authorities, ca.crt",
        "PRODUCTION, headgate.signed-urls.keys, gateway-signing, url-keys",
        "PRODUCTION, headgate.backends.identity-keys, gateway-signing, identity-keys",
        "REDIS, headgate.store.redis.tls.trust, redis-tls, ca.crt",
        "REDIS, headgate.store.redis.tls.certificate, redis-tls, tls.crt",
        "REDIS, headgate.store.redis.tls.key, redis-tls, tls.key"
    })
    void mounts_files_from_existing_secrets_where_the_gateway_reads_them(
            ValueSet values, String setting, String secret, String key) {
        Manifests manifests = values.render();
        VolumeMount mount = mount(manifests.gateway(), setting.replace('.', '-'));
        assertThat(mount.getSubPath()).isNull();
        assertThat(mount.getReadOnly()).isTrue();
        assertThat(manifests.properties()).containsEntry(setting, mount.getMountPath() + "/" + key);
        assertThat(volume(manifests.pod(), mount.getName()).getSecret().getSecretName())
                .isEqualTo(secret);
    }

    @Test
    void names_the_issuer_whose_tokens_are_accepted() {
        assertThat(ValueSet.PRODUCTION.render().properties())
                .containsEntry("headgate.auth.jwt.issuer", "https://id.example.com")
                .containsEntry("headgate.auth.jwt.audience", "api")
                .containsEntry("headgate.auth.jwt.jwk-set-uri", "https://id.example.com/.well-known/jwks.json");
    }

    @Test
    void takes_every_policy_file_over_byte_for_byte(@TempDir Path folder) throws IOException {
        String policy = "# {{ not a template }}\nlimits:\n  api: \"60/min\"   \n\n# umlauts: äöü\n";
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy);
        assertThat(Chart.renderWithFile("policy.files.policy\\.yaml", file, ValueSet.HAZELCAST.file())
                        .named(ConfigMap.class, "limits-headgate-policy"))
                .hasValueSatisfying(map -> assertThat(map.getData()).containsEntry("policy.yaml", policy));
    }

    @ParameterizedTest
    @EnumSource
    void mounts_every_volume_and_nothing_else(ValueSet values) {
        Manifests manifests = values.render();
        assertThat(manifests.gateway().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(manifests.pod().getVolumes().stream()
                        .map(Volume::getName)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void satisfies_the_restricted_pod_security_standard(ValueSet values) {
        PodSpec pod = values.render().pod();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getContainers()).singleElement().satisfies(container -> {
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        });
    }

    @ParameterizedTest
    @EnumSource
    void writes_to_tmp_only(ValueSet values) {
        Manifests manifests = values.render();
        Container gateway = manifests.gateway();
        assertThat(gateway.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(gateway.getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/tmp");
        assertThat(volume(manifests.pod(), "tmp").getEmptyDir()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void holds_no_key_to_the_cluster(ValueSet values) {
        Manifests manifests = values.render();
        assertThat(manifests.pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(manifests.all()).extracting("kind").doesNotContain("Role", "RoleBinding", "Secret");
    }

    @ParameterizedTest
    @EnumSource
    void keeps_names_of_services_out_of_its_settings(ValueSet values) {
        assertThat(values.render().pod().getEnableServiceLinks()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void has_time_to_drain_before_it_is_killed(ValueSet values) {
        Manifests manifests = values.render();
        long preStop =
                manifests.gateway().getLifecycle().getPreStop().getSleep().getSeconds();
        String drain = String.valueOf(manifests.properties().get("spring.lifecycle.timeout-per-shutdown-phase"));
        assertThat(manifests.properties()).containsEntry("server.shutdown", "graceful");
        assertThat(drain).endsWith("s");
        assertThat(manifests.pod().getTerminationGracePeriodSeconds())
                .isGreaterThan(preStop + Long.parseLong(drain.substring(0, drain.length() - 1)));
    }

    @ParameterizedTest
    @EnumSource
    void never_has_fewer_pods_than_wanted_while_it_rolls(ValueSet values) {
        var rolling =
                values.render().the(Deployment.class).getSpec().getStrategy().getRollingUpdate();
        assertThat(rolling.getMaxUnavailable()).isEqualTo(new IntOrString(0));
        assertThat(rolling.getMaxSurge()).isEqualTo(new IntOrString(1));
    }

    @Test
    void rolls_when_its_configuration_changes_and_not_when_the_policy_does(@TempDir Path folder) throws IOException {
        Path policy =
                Files.writeString(folder.resolve("policy.yaml"), "policy: { files: { more.yaml: 'limits: {}' } }");
        Path config = Files.writeString(
                folder.resolve("config.yaml"), "config: { headgate: { edge: { hosts: example.com } } }");
        Path base = ValueSet.HAZELCAST.file();
        Deployment before = Chart.render(base).the(Deployment.class);
        assertThat(Chart.render(base, policy).the(Deployment.class)).isEqualTo(before);
        assertThat(Chart.render(base, config).the(Deployment.class).getSpec().getTemplate())
                .isNotEqualTo(before.getSpec().getTemplate());
    }

    @Test
    void takes_further_properties_and_lets_them_win(@TempDir Path folder) throws IOException {
        Path values = Files.writeString(
                folder.resolve("values.yaml"),
                "config: { server: { shutdown: immediate }, logging: { level: { root: WARN } } }");
        assertThat(Chart.render(ValueSet.HAZELCAST.file(), values).properties())
                .containsEntry("server.shutdown", "immediate")
                .containsEntry("server.port", 8080)
                .containsEntry("logging.level.root", "WARN");
    }

    @ParameterizedTest
    @EnumSource
    void leaves_memory_beside_heap_and_network_buffers(ValueSet values) {
        Container gateway = values.render().gateway();
        long limit =
                bytes(Objects.requireNonNull(gateway.getResources().getLimits().get("memory")));
        String options = Objects.requireNonNull(environment(gateway).get("JDK_JAVA_OPTIONS"));
        long heap = limit * Long.parseLong(option(options, "-XX:MaxRAMPercentage=")) / 100;
        long buffers =
                bytes(new Quantity(option(options, "-XX:MaxDirectMemorySize=").replace("m", "Mi")));
        assertThat(limit - heap - buffers).isGreaterThanOrEqualTo(bytes(new Quantity("256Mi")));
    }

    @Test
    void runs_the_version_of_this_build_unless_told_otherwise() {
        String version = System.getProperty("headgate.version").replace("-SNAPSHOT", "");
        assertThat(ValueSet.HAZELCAST.render().gateway().getImage()).isEqualTo("headgate:" + version);
        assertThat(ValueSet.PRODUCTION.render().gateway().getImage())
                .startsWith("registry.example.com/edge/headgate@sha256:");
    }

    private static Map<String, Integer> ports(Container container) {
        return container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }

    private static Map<String, String> environment(Container container) {
        return container.getEnv().stream()
                .filter(variable -> variable.getValue() != null)
                .collect(Collectors.toMap(variable -> variable.getName(), variable -> variable.getValue()));
    }

    private static VolumeMount mount(Container container, String name) {
        return only(container.getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(name))
                .toList());
    }

    private static Volume volume(PodSpec pod, String name) {
        return only(pod.getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .toList());
    }

    private static <T> T only(List<T> found) {
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static long bytes(Quantity quantity) {
        return quantity.getNumericalAmount().longValueExact();
    }

    private static String option(String options, String name) {
        return Arrays.stream(options.split(" "))
                .filter(option -> option.startsWith(name))
                .map(option -> option.substring(name.length()))
                .findFirst()
                .orElseThrow();
    }
}
