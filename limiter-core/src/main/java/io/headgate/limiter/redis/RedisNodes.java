package io.headgate.limiter.redis;

import io.headgate.limiter.guard.Heartbeat;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.guard.Share;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.redisson.api.RScript;

/**
 * Who shares this Redis: every node writes a heartbeat into one sorted set, scored by the server's clock, and reads its
 * own place and how many others have done so lately. Without an answer the last one stays.
 *
 * <p>Thread-safe. {@link #close()} stops the heartbeat; the client stays the caller's to close.
 */
public final class RedisNodes implements LiveNodes, AutoCloseable {

    private static final String KEY = "hg:nodes";

    /** Beats, forgets who has been silent, and answers this node's rank and the count. */
    private static final String BEAT = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            local nodes = redis.call('ZRANGE', KEYS[1], 0, -1)
            table.sort(nodes)
            for i, node in ipairs(nodes) do
              if node == ARGV[1] then return { i - 1, #nodes } end
            end
            """;

    private final RedisClient client;
    private final byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    private final Heartbeat heartbeat;
    private volatile Share share = Share.WHOLE;

    /** Starts the heartbeat. */
    public RedisNodes(RedisClient client) {
        this.client = client;
        this.heartbeat = new Heartbeat("redis-nodes", this::beat);
    }

    @Override
    public Share share() {
        return share;
    }

    private void beat() {
        if (!client.connected()) {
            return;
        }
        byte[] silence = Long.toString(Heartbeat.SILENCE.toMillis()).getBytes(StandardCharsets.UTF_8);
        client.scripts()
                .<List<Long>>evalAsync(
                        RScript.Mode.READ_WRITE, BEAT, RScript.ReturnType.LIST, List.of(KEY), id, silence)
                .whenComplete((answer, error) -> {
                    if (error == null && answer.size() == 2) {
                        share = new Share(
                                answer.get(0).intValue(), answer.get(1).intValue());
                    }
                });
    }

    @Override
    public void close() {
        heartbeat.close();
    }
}
