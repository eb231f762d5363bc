package io.headgate.gateway.ratelimit;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.redis.RedisConnections;
import io.headgate.limiter.redis.RedisLimitStore;
import io.headgate.limiter.redis.RedisNodes;
import java.time.Duration;
import org.redisson.api.RedissonClient;

/**
 * The store that the settings name, opened.
 *
 * @param name what operators call it
 * @param store the store itself
 * @param nodes who shares it
 * @param closing lets go of its connections
 */
record SharedStore(String name, LimitStore store, LiveNodes nodes, Runnable closing) implements AutoCloseable {

    /** Above any deadline of a decision, so that the deadline always comes first. */
    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(1);

    /** Opens it. A store that is not there yet does not keep the gateway from starting. */
    static SharedStore open(HeadgateProperties.Store settings) {
        return switch (settings.type()) {
            case MEMORY -> new SharedStore("memory", LimitStores.local(), () -> Share.WHOLE, () -> {});
            case REDIS -> redis(settings.redis());
        };
    }

    private static SharedStore redis(HeadgateProperties.Redis settings) {
        RedissonClient client = connections(settings).open();
        RedisNodes nodes = new RedisNodes(client);
        return new SharedStore("redis", new RedisLimitStore(client), nodes, () -> {
            nodes.close();
            client.shutdown();
        });
    }

    private static RedisConnections connections(HeadgateProperties.Redis settings) {
        try {
            return new RedisConnections(
                    settings.mode(),
                    settings.address(),
                    settings.master(),
                    settings.username(),
                    settings.password(),
                    REDIS_TIMEOUT);
        } catch (IllegalArgumentException e) {
            throw new SettingRejected(
                    "headgate.store.redis." + e.getMessage(), "", "redis://host:port or rediss://host:port");
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
