package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.testkit.AdmissionOracle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real Redis processes come to harm while two nodes are under load, and no limit is ever exceeded. Limits are
 * {@code CLOSED} here: what is admitted was admitted by Redis. Its state survives a crash ({@code appendfsync always}).
 */
@Tag("faults")
class FaultsTest {

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    static final List<Charge> CALL = List.of(
            charge("rate", new TokenBucket(300, Duration.ofSeconds(1), 100)),
            charge("window", new SlidingWindow(2_000, Duration.ofSeconds(10))));

    @Test
    void killed_and_started_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                FleetUnderLoad fleet = new FleetUnderLoad(redis.connections(), RedisLimitStore::new, CALL)) {
            for (int i = 0; i < 3; i++) {
                fleet.runFor(Duration.ofSeconds(2));
                redis.kill();
                fleet.runFor(Duration.ofSeconds(2));
                redis.restart();
                fleet.awaitDecisionsOnEveryNode(RECOVERY);
                assertThat(redis.connectionsNow())
                        .as("two for each node")
                        .isLessThanOrEqualTo(2 * FleetUnderLoad.NODES);
            }
            fleet.stopAndCheck();
        }
    }

    @Test
    void frozen_for_longer_than_any_timeout() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                FleetUnderLoad fleet = new FleetUnderLoad(redis.connections(), RedisLimitStore::new, CALL)) {
            for (int i = 0; i < 3; i++) {
                fleet.runFor(Duration.ofSeconds(2));
                redis.freeze();
                fleet.runFor(Duration.ofSeconds(4));
                redis.thaw();
                fleet.awaitDecisionsOnEveryNode(RECOVERY);
            }
            fleet.stopAndCheck();
        }
    }

    @Test
    void flapping() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                FleetUnderLoad fleet = new FleetUnderLoad(redis.connections(), RedisLimitStore::new, CALL)) {
            for (int i = 0; i < 40; i++) {
                fleet.runFor(Duration.ofMillis(30 + 5L * i));
                redis.freeze();
                fleet.runFor(Duration.ofMillis(230 - 5L * i));
                redis.thaw();
            }
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    @Test
    void its_script_cache_flushed_again_and_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                FleetUnderLoad fleet =
                        new FleetUnderLoad(redis.connections(), RedisLimitStore::new, CALL, Duration.ofSeconds(5))) {
            for (int i = 0; i < 200; i++) {
                fleet.runFor(Duration.ofMillis(10));
                RespConnection.command(redis.port(), "SCRIPT", "FLUSH");
            }
            fleet.stopAndCheck();
            assertThat(fleet.undecided()).as("noticed by nobody").isZero();
        }
    }

    @Test
    void its_connections_cut_again_and_again() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                FleetUnderLoad fleet = new FleetUnderLoad(redis.connections(), RedisLimitStore::new, CALL)) {
            for (int i = 0; i < 40; i++) {
                fleet.runFor(Duration.ofMillis(100));
                RespConnection.command(redis.port(), "CLIENT", "KILL", "TYPE", "normal");
            }
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    @Test
    void a_slot_of_the_cluster_moved_to_and_fro() throws Exception {
        try (ClusterOfThree cluster = ClusterOfThree.start();
                FleetUnderLoad fleet = new FleetUnderLoad(
                        RedisClusterFleet.connections(cluster),
                        client -> new RedisClusterLimitStore<LimitStore>(client, master -> master),
                        CALL)) {
            int owner = cluster.masterOf(PackedCharge.key(CALL.get(0).key()));
            for (int i = 1; i <= 20; i++) {
                fleet.runFor(Duration.ofMillis(100));
                int next = (owner + 1) % ClusterOfThree.MASTERS;
                try (SlotMove move = cluster.move(CALL.get(0), owner, next)) {
                    fleet.runFor(Duration.ofMillis(50));
                    CALL.forEach(move::moveKey);
                    fleet.runFor(Duration.ofMillis(50));
                    move.finish();
                }
                owner = next;
            }
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            fleet.stopAndCheck();
        }
    }

    /** A killed node's calls under way may be charged, and nobody knows; that can only refuse too early. */
    @Test
    void three_nodes_in_processes_of_their_own_are_killed_and_replaced_and_redis_too() throws Exception {
        AdmissionOracle oracle = new AdmissionOracle();
        List<NodeProcess> nodes = new ArrayList<>();
        try (DurableRedis redis = DurableRedis.start()) {
            try {
                for (int i = 0; i < 3; i++) {
                    nodes.add(NodeProcess.start(redis.port(), oracle.node()));
                }
                for (int i = 0; i < 6; i++) {
                    awaitDecisions(nodes);
                    pause(Duration.ofSeconds(1));
                    nodes.remove(0).kill();
                    if (i % 2 == 1) {
                        redis.kill();
                        redis.restart();
                    }
                    nodes.add(NodeProcess.start(redis.port(), oracle.node()));
                }
                awaitDecisions(nodes);
            } finally {
                for (NodeProcess node : nodes) {
                    node.kill();
                }
            }
        }
        oracle.checkAdmissions();
    }

    private static void awaitDecisions(List<NodeProcess> nodes) {
        for (NodeProcess node : nodes) {
            int before = node.decisions();
            ClusterOfThree.await(() -> node.decisions() > before);
        }
    }

    /**
     * Replication is asynchronous: what a master admitted last may be unknown to the replica that takes over. So this
     * holds nothing against the limits; it shows that every node finds the new master by itself.
     */
    @Test
    void failed_over_by_sentinel() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(1);
                FleetUnderLoad fleet = new FleetUnderLoad(group.connections(), RedisLimitStore::new, CALL)) {
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            group.killMaster();
            group.awaitPromotion();
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            fleet.stop();
        }
    }

    @Test
    void failed_over_because_a_machine_is_gone_with_the_master_and_one_of_the_sentinels() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(3);
                FleetUnderLoad fleet = new FleetUnderLoad(group.connections(), RedisLimitStore::new, CALL)) {
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            group.freezeMasterAndItsSentinel();
            group.awaitPromotion();
            fleet.awaitDecisionsOnEveryNode(RECOVERY);
            fleet.stop();
        }
    }

    private static Charge charge(String name, Quota quota) {
        return new Charge(LimitKey.of(name, Subject.of("test", "faults")), quota, 1, OnStoreFailure.CLOSED);
    }

    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(Math.min(end - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(10)));
        }
    }
}
