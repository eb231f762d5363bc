package io.headgate.limiter.redis;

import io.headgate.limiter.LimitStore;
import io.headgate.limiter.testkit.SharedLimitStoreContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two clients on a real cluster, where each master's script reads the time from a key of its own that the test sets. */
final class RedisClusterFleet implements SharedLimitStoreContract.BreakableFleet {

    private final ClusterOfThree cluster = ClusterOfThree.start();
    private final List<String> clockKeys = new ArrayList<>();
    private final List<RespConnection> clocks = new ArrayList<>();
    private final List<RedisClient> clients = new ArrayList<>();
    private final List<LimitStore> nodes = new ArrayList<>();
    private volatile long nowMicros;

    RedisClusterFleet(long nowMicros) throws IOException {
        for (int i = 0; i < ClusterOfThree.MASTERS; i++) {
            clockKeys.add(keyOn(i));
            clocks.add(new RespConnection(cluster.port(i)));
        }
        LimitScript script = LimitScript.withClock(manualClock());
        for (int i = 0; i < 2; i++) {
            RedisClient client = connections(cluster).open();
            clients.add(client);
            nodes.add(new RedisClusterLimitStore<>(
                    client,
                    master -> master,
                    new SlotStores(tag -> new RedisLimitStore(client, script, () -> this.nowMicros))));
        }
        setMicros(nowMicros);
    }

    static RedisConnections connections(ClusterOfThree cluster) {
        return new RedisConnections(
                RedisConnections.Mode.CLUSTER,
                cluster.addresses(),
                "",
                null,
                null,
                RedisTls.DEFAULT,
                Duration.ofSeconds(2));
    }

    private String keyOn(int master) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "test:clock:" + i)
                .filter(key -> cluster.masterOf(key) == master)
                .findFirst()
                .orElseThrow();
    }

    /** Of the keys only one is this master's, and to ask for another is an error. */
    private String manualClock() {
        String keys = clockKeys.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", "));
        return """
                local now, spare_ms = nil, 3600000
                for _, key in ipairs({ %s }) do
                  local time = redis.pcall('GET', key)
                  if type(time) == 'string' then now = tonumber(time) end
                end
                """.formatted(keys);
    }

    @Override
    public LimitStore node(int index) {
        return nodes.get(index);
    }

    @Override
    public void setMicros(long micros) {
        nowMicros = micros;
        for (int i = 0; i < clocks.size(); i++) {
            clocks.get(i).command("SET", clockKeys.get(i), Long.toString(micros));
        }
    }

    @Override
    public void breakStore() throws IOException {
        for (int i = 0; i < ClusterOfThree.MASTERS; i++) {
            clocks.get(i).close();
            cluster.stopMaster(i);
        }
    }

    @Override
    public void healStore() throws IOException {
        for (int i = 0; i < ClusterOfThree.MASTERS; i++) {
            cluster.startMaster(i);
        }
        cluster.awaitWhole();
        for (int i = 0; i < ClusterOfThree.MASTERS; i++) {
            clocks.set(i, new RespConnection(cluster.port(i)));
        }
        setMicros(nowMicros);
    }

    @Override
    public void close() {
        clients.forEach(RedisClient::close);
        clocks.forEach(RespConnection::close);
        cluster.close();
    }
}
