package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkPolicyTest {

    @ParameterizedTest
    @EnumSource
    void every_rule_is_about_ports_that_exist(ValueSet values) {
        Manifests manifests = values.render();
        List<String> open = manifests.gateway().getPorts().stream()
                .map(port -> port.getName())
                .toList();
        assertThat(policy(manifests).getIngress())
                .flatMap(NetworkPolicyIngressRule::getPorts)
                .extracting(port -> port.getPort().getStrVal())
                .containsExactlyElementsOf(open);
    }

    @Test
    void everyone_may_call_the_public_port() {
        assertThat(ingress(ValueSet.HAZELCAST.render(), "http").getFrom()).isEmpty();
    }

    @Test
    void the_public_port_can_be_kept_for_an_ingress() {
        assertThat(ingress(ValueSet.PRODUCTION.render(), "http").getFrom())
                .singleElement()
                .satisfies(peer -> assertThat(peer.getNamespaceSelector().getMatchLabels())
                        .isEqualTo(Map.of("kubernetes.io/metadata.name", "ingress")));
    }

    @ParameterizedTest
    @EnumSource
    void only_monitoring_may_read_the_management_port(ValueSet values) {
        assertThat(ingress(values.render(), "management").getFrom())
                .singleElement()
                .satisfies(peer -> assertThat(peer.getNamespaceSelector().getMatchLabels())
                        .isEqualTo(Map.of("kubernetes.io/metadata.name", "monitoring")));
    }

    @Test
    void nobody_may_read_the_management_port_when_nobody_is_named(@TempDir Path folder) throws IOException {
        Path nobody = Files.writeString(folder.resolve("values.yaml"), "networkPolicy: { managementFrom: [] }");
        assertThat(policy(Chart.render(ValueSet.REDIS.file(), nobody)).getIngress())
                .flatMap(NetworkPolicyIngressRule::getPorts)
                .extracting(port -> port.getPort().getStrVal())
                .containsExactly("http");
    }

    @Test
    void only_gateway_pods_may_join_the_hazelcast_cluster() {
        Manifests manifests = ValueSet.HAZELCAST.render();
        assertThat(ingress(manifests, "hazelcast").getFrom()).singleElement().satisfies(peer -> {
            assertThat(peer.getNamespaceSelector()).isNull();
            assertThat(peer.getIpBlock()).isNull();
            assertThat(peer.getPodSelector()).isEqualTo(policy(manifests).getPodSelector());
        });
    }

    @Test
    void leaves_egress_alone_until_it_is_told_where_the_backends_are() {
        assertThat(policy(ValueSet.HAZELCAST.render()).getPolicyTypes()).containsExactly("Ingress");
    }

    @Test
    void lets_out_to_the_named_places_and_dns_and_nowhere_else() {
        NetworkPolicySpec policy = policy(ValueSet.PRODUCTION.render());
        assertThat(policy.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getEgress().stream().map(NetworkPolicyTest::ports))
                .containsExactly(List.of(53, 53), List.of(8080), List.of(6379, 26379), List.of(443));
        assertThat(policy.getEgress())
                .filteredOn(rule -> rule.getTo().isEmpty())
                .hasSize(1);
    }

    @Test
    void lets_members_reach_each_other_when_egress_is_closed(@TempDir Path folder) throws IOException {
        Path closed = Files.writeString(
                folder.resolve("values.yaml"), "networkPolicy: { egress: [ { ports: [ { port: 8080 } ] } ] }");
        NetworkPolicySpec policy = policy(Chart.render(ValueSet.HAZELCAST.file(), closed));
        assertThat(policy.getEgress())
                .filteredOn(rule -> ports(rule).equals(List.of(5701)))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getTo())
                        .singleElement()
                        .satisfies(peer -> assertThat(peer.getPodSelector()).isEqualTo(policy.getPodSelector())));
    }

    private static NetworkPolicySpec policy(Manifests manifests) {
        return manifests.the(NetworkPolicy.class).getSpec();
    }

    private static NetworkPolicyIngressRule ingress(Manifests manifests, String port) {
        return policy(manifests).getIngress().stream()
                .filter(rule -> rule.getPorts().stream()
                        .map(NetworkPolicyPort::getPort)
                        .anyMatch(each -> port.equals(each.getStrVal())))
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> ports(NetworkPolicyEgressRule rule) {
        return rule.getPorts().stream().map(port -> port.getPort().getIntVal()).toList();
    }
}
