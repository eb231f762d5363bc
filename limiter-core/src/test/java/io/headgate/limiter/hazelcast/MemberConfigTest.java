package io.headgate.limiter.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.guard.Share;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberConfigTest {

    @Test
    void a_member_looks_for_others_in_no_way_but_the_one_asked_for() {
        JoinConfig members = join(new Discovery.Members(List.of("10.0.0.1:5701")))
                .getNetworkConfig()
                .getJoin();
        assertThat(members.getTcpIpConfig().getMembers()).containsExactly("10.0.0.1:5701");
        assertThat(members.getTcpIpConfig().isEnabled()).isTrue();
        assertThat(members.getKubernetesConfig().isEnabled()).isFalse();
        assertThat(members.getMulticastConfig().isEnabled()).isFalse();
        assertThat(members.isAutoDetectionEnabled()).isFalse();

        JoinConfig service = join(new Discovery.KubernetesService("members.default.svc.cluster.local"))
                .getNetworkConfig()
                .getJoin();
        assertThat(service.getKubernetesConfig().isEnabled()).isTrue();
        assertThat(service.getKubernetesConfig().getProperties())
                .containsEntry("service-dns", "members.default.svc.cluster.local")
                .containsEntry("service-port", "5801");
        assertThat(service.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(service.getMulticastConfig().isEnabled()).isFalse();
        assertThat(service.isAutoDetectionEnabled()).isFalse();
    }

    @Test
    void a_member_behind_a_service_name_starts_alone_and_listens_on_its_own_address_only() throws Exception {
        int port = HazelcastFleet.freePorts(1).get(0);
        HazelcastInstance member =
                new HazelcastMember("alone", "127.0.0.1", port, new Discovery.KubernetesService("localhost")).start();
        try {
            assertThat(member.getLocalEndpoint().getSocketAddress())
                    .isEqualTo(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            assertThat(new HazelcastNodes(member, 1).share()).isEqualTo(Share.WHOLE);
        } finally {
            member.getLifecycleService().terminate();
        }
    }

    @Test
    void settings_that_cannot_work_are_refused_with_a_message() {
        Discovery nobody = new Discovery.Members(List.of());
        assertThatThrownBy(() -> new HazelcastMember("c", "0.0.0.0", 5801, nobody))
                .hasMessage("address: '0.0.0.0' (expected: one local address that the other members can reach)");
        assertThatThrownBy(() -> new HazelcastMember("c", "127.0.0.1", 0, nobody))
                .hasMessage("port: 0 (expected: 1 to 65535)");
        assertThatThrownBy(() -> new HazelcastMember(" ", "127.0.0.1", 5801, nobody))
                .hasMessage("cluster: blank (expected: a name)");
        for (String address : List.of("gateway-1", "gateway-1:", ":5801", "gateway-1:65536", "gateway-1:x")) {
            assertThatThrownBy(() -> new Discovery.Members(List.of(address)))
                    .hasMessage("member: " + address + " (expected: host:port)");
        }
        assertThatThrownBy(() -> new Discovery.KubernetesService(""))
                .hasMessage("dnsName: blank (expected: the name of a headless service)");
    }

    private static Config join(Discovery discovery) {
        return MemberConfig.of(new HazelcastMember("cluster", "127.0.0.1", 5801, discovery));
    }
}
