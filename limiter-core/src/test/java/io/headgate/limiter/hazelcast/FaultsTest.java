package io.headgate.limiter.hazelcast;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.limiter.faults.NetworkNamespaces;
import io.headgate.limiter.faults.NodeFleet;
import io.headgate.limiter.faults.Pause;
import io.headgate.limiter.faults.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three members in processes and network namespaces of their own, of which two may decide together. One is killed, or
 * loses the others for longer than members that are only slow are waited for, and no limit is ever exceeded.
 */
@Tag("faults")
class FaultsTest {

    private static final int NODES = 3;
    private static final int LAST = NODES - 1;
    private static final int FEWEST = 2;
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Until a silent member counts as gone, ten seconds, and who is left has taken over. */
    private static final Duration NOTICED = SECOND.multipliedBy(30);

    /** Until the parts have found each other, and moved what they hold to one cluster. */
    private static final Duration MERGED = SECOND.multipliedBy(60);

    @BeforeAll
    static void is_allowed_to_make_networks() {
        assumeTrue(NetworkNamespaces.canBeMade(), "network namespaces take the rights of root, and `ip`");
    }

    @Test
    void a_part_that_is_cut_off_decides_nothing_until_it_is_back() throws Exception {
        try (NetworkNamespaces network = NetworkNamespaces.make(NODES);
                NodeFleet fleet = fleet(network, Traffic.CLOSED)) {
            Pause.of(SECOND.multipliedBy(2));
            network.pullCable(LAST);
            fleet.awaitLastUndecided(NOTICED);
            fleet.awaitDecisions(NOTICED, LAST);
            Pause.of(SECOND.multipliedBy(15));
            network.plugCable(LAST);
            fleet.awaitDecisions(MERGED);
            fleet.awaitAcquaintance();
            Pause.of(SECOND.multipliedBy(2));
            fleet.stopAndCheck();
        }
    }

    @Test
    void a_part_that_is_cut_off_goes_on_with_its_share_where_the_policy_says_so() throws Exception {
        try (NetworkNamespaces network = NetworkNamespaces.make(NODES);
                NodeFleet fleet = fleet(network, Traffic.LOCAL)) {
            Pause.of(SECOND.multipliedBy(2));
            network.pullCable(LAST);
            fleet.awaitLastAlone(NOTICED);
            fleet.awaitDecisions(NOTICED, LAST);
            network.plugCable(LAST);
            fleet.awaitDecisions(MERGED);
            fleet.stopAndCheck();
        }
    }

    @Test
    void members_are_killed_and_replaced() throws Exception {
        try (NetworkNamespaces network = NetworkNamespaces.make(NODES);
                NodeFleet fleet = fleet(network, Traffic.CLOSED)) {
            for (int i = 0; i < NODES; i++) {
                Pause.of(SECOND.multipliedBy(2));
                fleet.killOldest();
                // Its backup takes over, and the others go on.
                fleet.awaitDecisions(SECOND.multipliedBy(5));
                start(fleet, network, i);
                fleet.awaitStart();
            }
            fleet.stopAndCheck();
        }
    }

    private static NodeFleet fleet(NetworkNamespaces network, Traffic traffic) throws IOException {
        NodeFleet fleet = new NodeFleet(FaultNode.class, traffic);
        for (int i = 0; i < NODES; i++) {
            start(fleet, network, i);
        }
        fleet.awaitStart();
        fleet.awaitAcquaintance();
        return fleet;
    }

    private static void start(NodeFleet fleet, NetworkNamespaces network, int machine) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(FEWEST), network.address(machine)));
        arguments.addAll(network.addresses());
        fleet.start(network.launcher(machine), arguments);
    }
}
