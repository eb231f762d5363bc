package io.headgate.limiter.redis;

import io.headgate.limiter.LimitStore;
import io.headgate.limiter.faults.NodeLoop;
import io.headgate.limiter.faults.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A node on Redis, guarded as in a gateway. */
final class FaultNode {

    private static final int PATIENCE = 5;

    private FaultNode() {}

    /** Arguments: the traffic, the {@linkplain RedisConnections.Mode mode}, the deadline in milliseconds, addresses. */
    public static void main(String... args) throws IOException {
        RedisConnections.Mode mode = RedisConnections.Mode.valueOf(args[1]);
        Duration deadline = Duration.ofMillis(Long.parseLong(args[2]));
        RedisClient client = new RedisConnections(
                        mode,
                        List.of(args).subList(3, args.length),
                        SentinelGroup.MASTER,
                        null,
                        null,
                        RedisTls.DEFAULT,
                        Duration.ofSeconds(1))
                .open();
        NodeLoop.run(guarded(client, mode, deadline), new RedisNodes(client), Traffic.valueOf(args[0]));
    }

    private static LimitStore guarded(RedisClient client, RedisConnections.Mode mode, Duration deadline) {
        return mode == RedisConnections.Mode.CLUSTER
                ? new RedisClusterLimitStore<>(
                        client, master -> NodeLoop.guarded(master, deadline, PATIENCE, client.answers()))
                : NodeLoop.guarded(new RedisLimitStore(client), deadline, PATIENCE, client.answers());
    }
}
