package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.faults.NodeLoop;
import io.headgate.limiter.faults.Traffic;
import io.headgate.limiter.guard.QueueingLimitStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A node that is a member of the fleet's cluster, guarded as in a gateway. */
final class FaultNode {

    static final int PORT = 5_701;

    private static final Duration DEADLINE = Duration.ofMillis(20);
    private static final int PATIENCE = 25;

    private FaultNode() {}

    /** Arguments: the traffic, the fewest members that decide, its own address, the addresses of all. */
    public static void main(String... args) throws IOException {
        int fewest = Integer.parseInt(args[1]);
        List<String> members = List.of(args).subList(3, args.length).stream()
                .map(address -> address + ":" + PORT)
                .toList();
        HazelcastInstance member =
                new HazelcastMember("faults", args[2], PORT, new Discovery.Members(members), fewest).start();
        LimitStore store = new QueueingLimitStore(new HazelcastLimitStore(member), 16, 16_384);
        NodeLoop.run(
                NodeLoop.guarded(store, DEADLINE, PATIENCE, Runnable::run),
                new HazelcastNodes(member, fewest),
                Traffic.valueOf(args[0]));
    }
}
