package io.headgate.limiter.hazelcast;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * This node as a member of the fleet's cluster.
 *
 * @param cluster name of the cluster; members of another name do not join
 * @param address the one local address it listens on and is known by to the others, such as {@code 127.0.0.1} or the
 *     address of the pod
 * @param port where it listens; never another one, so that a taken port is an error
 * @param discovery how it finds the others
 * @param smallestCluster fewest members that may decide together, 1 or more: a smaller part of a split cluster decides
 *     nothing, and neither does a cluster that is not complete yet
 */
public record HazelcastMember(String cluster, String address, int port, Discovery discovery, int smallestCluster) {

    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    /** @throws IllegalArgumentException if the name is blank, the address a wildcard or a number out of range */
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
        if (smallestCluster < 1) {
            throw new IllegalArgumentException("smallestCluster: " + smallestCluster + " (expected: 1 or more)");
        }
    }

    /** A member that decides alone if it has to. */
    public HazelcastMember(String cluster, String address, int port, Discovery discovery) {
        this(cluster, address, port, discovery, 1);
    }

    /**
     * Joins the cluster, or founds it if nobody answers. Blocks until it holds its part of the counters, for some
     * seconds. The caller ends it with {@link HazelcastInstance#shutdown()}, which hands them over before it leaves.
     *
     * @throws com.hazelcast.core.HazelcastException if it cannot listen on its port
     */
    public HazelcastInstance start() {
        HazelcastInstance member = Hazelcast.newHazelcastInstance(MemberConfig.of(this));
        settle(member.getPartitionService());
        return member;
    }

    /**
     * While members disagree about who holds what, a charge may miss its backup and stay undecided: nothing to begin
     * with. One that does not settle in time has to serve nevertheless.
     */
    private void settle(PartitionService partitions) {
        // Whoever asks first has the partitions dealt out; better now than with the first request.
        partitions.getPartition(cluster).getOwner();
        long end = System.nanoTime() + LONGEST_SETTLING.toNanos();
        while (!partitions.isLocalMemberSafe() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
