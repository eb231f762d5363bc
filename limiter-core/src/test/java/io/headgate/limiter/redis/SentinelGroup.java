package io.headgate.limiter.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.Redis;
import redis.embedded.RedisSentinel;
import redis.embedded.RedisServer;

/** A master, a replica, and sentinels that promote the replica when most of them have missed the master for a second. */
final class SentinelGroup implements AutoCloseable {

    static final String MASTER = "limits";

    private final int masterPort = ClusterOfThree.freePort();
    private final int replicaPort = ClusterOfThree.freePort();
    private final List<Integer> sentinelPorts = new ArrayList<>();
    private final List<Redis> servers = new ArrayList<>();
    private final List<RedisProcess> frozen = new ArrayList<>();

    private SentinelGroup(int sentinels) throws IOException {
        servers.add(RedisServer.newRedisServer()
                .port(masterPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build());
        servers.add(RedisServer.newRedisServer()
                .port(replicaPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .slaveOf("127.0.0.1", masterPort)
                .build());
        for (int i = 0; i < sentinels; i++) {
            int port = ClusterOfThree.freePort();
            sentinelPorts.add(port);
            servers.add(sentinel(port, sentinels / 2 + 1));
        }
    }

    private RedisSentinel sentinel(int port, int quorum) {
        return RedisSentinel.newRedisSentinel()
                .port(port)
                .bind("127.0.0.1")
                .masterName(MASTER)
                .masterPort(masterPort)
                .quorumSize(quorum)
                .downAfterMilliseconds(1_000)
                .failOverTimeout(5_000)
                .build();
    }

    static SentinelGroup of(int sentinels) throws IOException {
        SentinelGroup group = new SentinelGroup(sentinels);
        for (Redis server : group.servers) {
            server.start();
        }
        ClusterOfThree.await(() ->
                RespConnection.command(group.replicaPort, "INFO", "replication").contains("master_link_status:up"));
        for (int port : group.sentinelPorts) {
            ClusterOfThree.await(
                    () -> RespConnection.command(port, "INFO", "sentinel").contains("slaves=1,sentinels=" + sentinels));
        }
        return group;
    }

    /** Of the sentinels. */
    List<String> addresses() {
        return sentinelPorts.stream().map(port -> "redis://127.0.0.1:" + port).toList();
    }

    RedisConnections connections() {
        return new RedisConnections(
                RedisConnections.Mode.SENTINEL,
                addresses(),
                MASTER,
                null,
                null,
                RedisTls.DEFAULT,
                Duration.ofSeconds(1));
    }

    void killMaster() throws IOException {
        RedisProcess.at(masterPort).kill();
    }

    /** What clients see when the machine is gone that master and first sentinel run on: nobody says goodbye. */
    void freezeMasterAndItsSentinel() throws IOException {
        for (int port : List.of(masterPort, sentinelPorts.get(0))) {
            RedisProcess process = RedisProcess.at(port);
            process.freeze();
            frozen.add(process);
        }
    }

    /** Until the last sentinel names the replica when it is asked for the master. */
    void awaitPromotion() {
        int port = sentinelPorts.get(sentinelPorts.size() - 1);
        ClusterOfThree.await(() -> RespConnection.command(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
                .endsWith("\n" + replicaPort));
    }

    @Override
    public void close() {
        try {
            for (RedisProcess process : frozen) {
                process.thaw();
            }
            for (Redis server : servers) {
                server.stop();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
