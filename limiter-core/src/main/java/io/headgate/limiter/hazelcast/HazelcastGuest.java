package io.headgate.limiter.hazelcast;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.ClientConnectionStrategyConfig.ReconnectMode;
import com.hazelcast.client.config.ClientNetworkConfig;
import com.hazelcast.client.properties.ClientProperty;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * This node as a client of a cluster whose members run somewhere else ({@link HazelcastMember}): it keeps no counters, and
 * comes and goes without moving any.
 *
 * @param cluster name of the cluster
 * @param discovery how it finds members
 */
public record HazelcastGuest(String cluster, Discovery discovery) {

    private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int SHORTEST_PAUSE_MILLIS = 250;
    private static final int LONGEST_PAUSE_MILLIS = 1_000;

    /** Above any deadline of a decision, so that the deadline always comes first. */
    private static final int LONGEST_CALL_SECONDS = 5;

    /** @throws IllegalArgumentException if the name is blank, or no member is named */
    public HazelcastGuest {
        if (cluster.isBlank()) {
            throw new IllegalArgumentException("cluster: blank (expected: a name)");
        }
        if (discovery instanceof Discovery.Members members
                && members.addresses().isEmpty()) {
            throw new IllegalArgumentException("members: none (expected: host:port of some members of the cluster)");
        }
    }

    /**
     * Opens a client, and waits for the first attempt to connect, for two seconds at most. Members that are not there do not keep a node from starting: they are looked for in the background,
     * and there is no store until one is found. The caller ends it with {@link HazelcastInstance#shutdown()}.
     */
    public HazelcastInstance start() {
        ClientConfig config = new ClientConfig();
        config.setClusterName(cluster);
        network(config.getNetworkConfig());
        MemberConfig.serialization(config.getSerializationConfig());
        config.getMetricsConfig().setEnabled(false);
        config.getConnectionStrategyConfig()
                .setAsyncStart(true)
                .setReconnectMode(ReconnectMode.ASYNC)
                .getConnectionRetryConfig()
                .setInitialBackoffMillis(SHORTEST_PAUSE_MILLIS)
                .setMaxBackoffMillis(LONGEST_PAUSE_MILLIS)
                .setMultiplier(2)
                .setJitter(0.5)
                .setClusterConnectTimeoutMillis(-1);
        // The member that decides waits for its backup. The client's own wait would be in vain as long as it has no
        // connection to the member with the backup.
        config.setBackupAckToClientEnabled(false);
        set(config, ClusterProperty.LOGGING_TYPE, "slf4j");
        set(config, ClientProperty.INVOCATION_TIMEOUT_SECONDS, LONGEST_CALL_SECONDS);
        set(config, ClientProperty.HEARTBEAT_INTERVAL, 1_000);
        set(config, ClientProperty.HEARTBEAT_TIMEOUT, 10_000);
        // A call whose outcome is unknown fails. Sent again it would charge again; taken for done it might be lost.
        set(config, ClientProperty.FAIL_ON_INDETERMINATE_OPERATION_STATE, true);
        HazelcastInstance client = HazelcastClient.newHazelcastClient(config);
        awaitMembers(client);
        return client;
    }

    /** However that ends. */
    private static void awaitMembers(HazelcastInstance client) {
        long end = System.nanoTime() + FIRST_ATTEMPT.toNanos();
        while (client.getCluster().getMembers().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void network(ClientNetworkConfig network) {
        network.setRedoOperation(false);
        if (discovery instanceof Discovery.Members members) {
            network.setAddresses(members.addresses());
        } else if (discovery instanceof Discovery.KubernetesService service) {
            network.getKubernetesConfig().setEnabled(true).setProperty("service-dns", service.dnsName());
        }
    }

    private static void set(ClientConfig config, HazelcastProperty property, Object value) {
        config.setProperty(property.getName(), value.toString());
    }
}
