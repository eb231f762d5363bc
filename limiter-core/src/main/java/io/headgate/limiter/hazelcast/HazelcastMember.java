package io.headgate.limiter.hazelcast;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;

/**
 * This node as a member of the fleet's cluster.
 *
 * @param cluster name of the cluster; members of another name do not join
 * @param address the one local address it listens on and is known by to the others, such as {@code 127.0.0.1} or the
 *     address of the pod
 * @param port where it listens; never another one, so that a taken port is an error
 * @param discovery how it finds the others
 */
public record HazelcastMember(String cluster, String address, int port, Discovery discovery) {

    /** @throws IllegalArgumentException if the name is blank, the address a wildcard or the port out of range */
    public HazelcastMember {
        if (cluster.isBlank()) {
            throw new IllegalArgumentException("cluster: blank (expected: a name)");
        }
        if (address.isBlank() || address.equals("0.0.0.0") || address.equals("::")) {
            throw new IllegalArgumentException(
                    "address: '" + address + "' (expected: one local address that the other members can reach)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /**
     * Joins the cluster, or founds it if nobody answers. Blocks until this is done, for some seconds. The caller ends it
     * with {@link HazelcastInstance#shutdown()}, which hands this member's counters over before it leaves.
     *
     * @throws com.hazelcast.core.HazelcastException if it cannot listen on its port
     */
    public HazelcastInstance start() {
        return Hazelcast.newHazelcastInstance(MemberConfig.of(this));
    }
}
