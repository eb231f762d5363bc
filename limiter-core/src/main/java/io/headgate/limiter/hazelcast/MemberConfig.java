package io.headgate.limiter.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;

/** What a member of the fleet is configured with: quiet, reachable by the fleet only, and small. */
final class MemberConfig {

    private static final int MERGE_BATCH = 100;
    private static final String SMALLEST_CLUSTER = "smallest-cluster";

    private MemberConfig() {}

    static Config of(HazelcastMember member) {
        Config config = new Config();
        config.setClusterName(member.cluster());
        network(config.getNetworkConfig(), member);
        serialization(config.getSerializationConfig());
        config.addMapConfig(counters());
        config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig(
                SMALLEST_CLUSTER, member.smallestCluster() > 1, member.smallestCluster()));
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);

        // Not an interface of the network configuration: that would also drop every listed member whose name does not
        // resolve to the same pattern.
        config.setProperty("hazelcast.local.localAddress", member.address());
        set(config, ClusterProperty.SOCKET_BIND_ANY, false);

        set(config, ClusterProperty.LOGGING_TYPE, "slf4j");
        set(config, ClusterProperty.LOG_EMOJI_ENABLED, false);
        set(config, ClusterProperty.PHONE_HOME_ENABLED, false);
        // The application ends the member, after the last request and not beside it.
        set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, false);
        set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, 10);

        // A call whose outcome is unknown fails. Sent again it would charge again; taken for done it might be lost.
        set(config, ClusterProperty.FAIL_ON_INDETERMINATE_OPERATION_STATE, true);

        // Members that are only slow get ten seconds. One that is gone is seen at once, by its closed connection.
        set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, 1);
        set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, 10);
        set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, 0);
        // Members that start together find each other by joining. Later, whom a network has kept apart is looked for
        // often:
        // that is one small message to each listed address that is missing.
        set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, 5);
        set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, 1);

        // The gateway needs the cores itself. Partition threads stay one per core.
        int some = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
        set(config, ClusterProperty.IO_THREAD_COUNT, some);
        set(config, ClusterProperty.RESPONSE_THREAD_COUNT, some);
        set(config, ClusterProperty.EVENT_THREAD_COUNT, 1);
        return config;
    }

    private static void network(NetworkConfig network, HazelcastMember member) {
        network.setPort(member.port());
        network.setPortAutoIncrement(false);
        // A restarted node takes its port back while connections of the old one linger.
        network.setReuseAddress(true);

        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        if (member.discovery() instanceof Discovery.Members members) {
            join.getTcpIpConfig().setEnabled(true).setMembers(members.addresses());
        } else if (member.discovery() instanceof Discovery.KubernetesService service) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", service.dnsName())
                    .setProperty("service-port", Integer.toString(member.port()));
        }
    }

    static void serialization(SerializationConfig serialization) {
        // Whoever reaches the port can send bytes: nothing but Hazelcast's and the JDK's own classes may come out of
        // Java serialization. Ours do not use it.
        serialization.setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
        serialization.addSerializerConfig(
                new SerializerConfig().setTypeClass(SubjectCall.class).setImplementation(new SubjectCallSerializer()));
        serialization.addSerializerConfig(
                new SerializerConfig().setTypeClass(WriteState.class).setImplementation(new WriteStateSerializer()));
    }

    private static MapConfig counters() {
        MapConfig map = new MapConfig(Subjects.MAP);
        // The bytes as they are: a member of an older release can hold, copy and hand over what it cannot read.
        map.setInMemoryFormat(InMemoryFormat.BINARY);
        map.setBackupCount(1);
        map.setStatisticsEnabled(false);
        map.setSplitBrainProtectionName(SMALLEST_CLUSTER);
        map.setMergePolicyConfig(new MergePolicyConfig(StricterStateWins.class.getName(), MERGE_BATCH));
        return map;
    }

    private static void set(Config config, HazelcastProperty property, Object value) {
        config.setProperty(property.getName(), value.toString());
    }
}
