package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.faults.NodeFleet;
import io.headgate.limiter.faults.Pause;
import io.headgate.limiter.faults.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real Redis processes come to harm while three nodes in processes of their own are under load, and no limit is ever
 * exceeded. But in the test of an outage, limits are {@code CLOSED}: what is admitted was admitted by Redis. Its state
 * survives a crash ({@code appendfsync always}).
 */
@Tag("faults")
class FaultsTest {

    private static final int NODES = 3;
    private static final Duration RECOVERY = Duration.ofSeconds(5);
    private static final Duration DEADLINE = Duration.ofMillis(20);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void killed_and_started_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 3; i++) {
                Pause.of(SECOND.multipliedBy(2));
                redis.kill();
                Pause.of(SECOND.multipliedBy(2));
                redis.restart();
                fleet.awaitDecisions(RECOVERY);
                // Connections whose ends it has not noticed yet are not those of the nodes.
                ClusterOfThree.await(() -> redis.connectionsNow() <= 2 * NODES);
            }
            fleet.stopAndCheck();
        }
    }

    @Test
    void frozen_for_longer_than_any_timeout() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 3; i++) {
                Pause.of(SECOND.multipliedBy(2));
                redis.freeze();
                Pause.of(SECOND.multipliedBy(4));
                redis.thaw();
                fleet.awaitDecisions(RECOVERY);
            }
            fleet.stopAndCheck();
        }
    }

    /** It takes what it is sent and the heartbeats, and works on none of it. */
    @Test
    void paused_by_its_operator() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 4; i++) {
                Pause.of(SECOND);
                RespConnection.command(redis.port(), "CLIENT", "PAUSE", i % 2 == 0 ? "300" : "3000", "ALL");
                Pause.of(SECOND.multipliedBy(i % 2 == 0 ? 1 : 3));
                fleet.awaitDecisions(RECOVERY);
            }
            fleet.stopAndCheck();
        }
    }

    @Test
    void flapping() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 40; i++) {
                Pause.of(Duration.ofMillis(30 + 5L * i));
                redis.freeze();
                Pause.of(Duration.ofMillis(230 - 5L * i));
                redis.thaw();
            }
            fleet.awaitDecisions(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    @Test
    void its_replies_later_than_the_deadline() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                DelayingProxy proxy = new DelayingProxy(redis.port());
                NodeFleet fleet = fleetOn(proxy.port())) {
            for (int i = 0; i < 5; i++) {
                Pause.of(SECOND);
                proxy.delayReplies(DEADLINE.multipliedBy(2L + 10L * i));
                Pause.of(SECOND.multipliedBy(2));
                proxy.delayReplies(Duration.ZERO);
                fleet.awaitDecisions(RECOVERY);
            }
            fleet.stopAndCheck();
        }
    }

    @Test
    void its_script_cache_flushed_again_and_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleet(
                        Traffic.CLOSED, RedisConnections.Mode.SINGLE, SECOND.multipliedBy(5), address(redis.port()))) {
            int before = fleet.undecided();
            for (int i = 0; i < 200; i++) {
                Pause.of(Duration.ofMillis(10));
                RespConnection.command(redis.port(), "SCRIPT", "FLUSH");
            }
            assertThat(fleet.undecided() - before).as("noticed by nobody").isZero();
            fleet.stopAndCheck();
        }
    }

    @Test
    void its_connections_cut_again_and_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 40; i++) {
                Pause.of(Duration.ofMillis(100));
                RespConnection.command(redis.port(), "CLIENT", "KILL", "TYPE", "normal");
            }
            fleet.awaitDecisions(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    @Test
    void a_slot_of_the_cluster_moved_to_and_fro() throws Exception {
        List<Charge> call = Traffic.CLOSED.calls().get(0);
        try (ClusterOfThree cluster = ClusterOfThree.start();
                NodeFleet fleet = fleet(Traffic.CLOSED, RedisConnections.Mode.CLUSTER, DEADLINE, cluster.addresses())) {
            int owner = cluster.masterOf(PackedCharge.key(call.get(0).key()));
            for (int i = 1; i <= 20; i++) {
                Pause.of(Duration.ofMillis(100));
                int next = (owner + 1) % ClusterOfThree.MASTERS;
                try (SlotMove move = cluster.move(call.get(0), owner, next)) {
                    Pause.of(Duration.ofMillis(50));
                    call.forEach(move::moveKey);
                    Pause.of(Duration.ofMillis(50));
                    move.finish();
                }
                owner = next;
            }
            fleet.awaitDecisions(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    /** A killed node's calls under way may be charged, and nobody knows; that can only refuse too early. */
    @Test
    void the_nodes_killed_and_replaced_and_redis_too() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleetOn(redis.port())) {
            for (int i = 0; i < 6; i++) {
                Pause.of(SECOND);
                fleet.killOldest();
                if (i % 2 == 1) {
                    redis.kill();
                    redis.restart();
                }
                fleet.start(List.of(), arguments(RedisConnections.Mode.SINGLE, DEADLINE, address(redis.port())));
                fleet.awaitStart();
            }
            fleet.stopAndCheck();
        }
    }

    /**
     * Each node has its part to give by itself: together they admit what the limit lets pass, and no more for having
     * changed over. Of 16 s of an outage it takes stalls of more than a second to lose anything.
     */
    @Test
    void gone_for_a_while_and_the_nodes_go_on_with_their_parts() throws Exception {
        Duration outage = SECOND.multipliedBy(16);
        try (DurableRedis redis = DurableRedis.start();
                NodeFleet fleet = fleet(Traffic.LOCAL, RedisConnections.Mode.SINGLE, DEADLINE, address(redis.port()))) {
            fleet.awaitAcquaintance();
            Pause.of(SECOND.multipliedBy(2));
            redis.kill();
            long begin = System.nanoTime();
            fleet.awaitNodesAlone(RECOVERY);
            Pause.of(outage.minusNanos(System.nanoTime() - begin));
            redis.restart();
            long end = System.nanoTime();
            fleet.awaitDecisions(RECOVERY);
            Pause.of(SECOND);

            double allowed = Traffic.LOCAL_PER_SECOND * ((end - begin) / 1e9);
            for (int call = 0; call < Traffic.LOCAL.calls().size(); call++) {
                double share = fleet.admittedAlone(call, begin, end) / allowed;
                assertThat(share)
                        .as("of %s", Traffic.LOCAL.calls().get(call).get(0).quota())
                        .isBetween(0.8, 1.1);
            }
            fleet.stopAndCheck();
        }
    }

    /**
     * Replication is asynchronous: what a master admitted last may be unknown to the replica that takes over. So this
     * holds nothing against the limits; it shows that every node finds the new master by itself.
     */
    @Test
    void failed_over_by_sentinel() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(1);
                NodeFleet fleet = fleet(Traffic.CLOSED, RedisConnections.Mode.SENTINEL, DEADLINE, group.addresses())) {
            group.killMaster();
            group.awaitPromotion();
            fleet.awaitDecisions(RECOVERY);
        }
    }

    @Test
    void failed_over_because_a_machine_is_gone_with_the_master_and_one_of_the_sentinels() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(3);
                NodeFleet fleet = fleet(Traffic.CLOSED, RedisConnections.Mode.SENTINEL, DEADLINE, group.addresses())) {
            group.freezeMasterAndItsSentinel();
            group.awaitPromotion();
            fleet.awaitDecisions(RECOVERY);
        }
    }

    private static NodeFleet fleetOn(int port) throws IOException {
        return fleet(Traffic.CLOSED, RedisConnections.Mode.SINGLE, DEADLINE, address(port));
    }

    private static NodeFleet fleet(
            Traffic traffic, RedisConnections.Mode mode, Duration deadline, List<String> addresses) throws IOException {
        NodeFleet fleet = new NodeFleet(FaultNode.class, traffic);
        for (int i = 0; i < NODES; i++) {
            fleet.start(List.of(), arguments(mode, deadline, addresses));
        }
        fleet.awaitStart();
        return fleet;
    }

    private static List<String> address(int port) {
        return List.of("redis://127.0.0.1:" + port);
    }

    private static List<String> arguments(RedisConnections.Mode mode, Duration deadline, List<String> addresses) {
        List<String> arguments = new ArrayList<>(List.of(mode.name(), Long.toString(deadline.toMillis())));
        arguments.addAll(addresses);
        return arguments;
    }
}
