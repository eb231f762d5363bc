package io.headgate.load.bench.store;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.distributed.serialization.Mapper;
import io.github.bucket4j.grid.hazelcast.Bucket4jHazelcast;
import io.github.bucket4j.redis.redisson.Bucket4jRedisson;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.guard.DeadlineLimitStore;
import io.headgate.limiter.guard.DenyCacheLimitStore;
import io.headgate.limiter.guard.LeasingLimitStore;
import io.headgate.limiter.guard.QueueingLimitStore;
import io.headgate.limiter.hazelcast.Discovery;
import io.headgate.limiter.hazelcast.HazelcastLimitStore;
import io.headgate.limiter.hazelcast.HazelcastMember;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.limiter.redis.RedisClient;
import io.headgate.limiter.redis.RedisConnections;
import io.headgate.limiter.redis.RedisLimitStore;
import io.headgate.limiter.redis.RedisTls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Something that decides, and how it is asked.
 *
 * @param name of it
 * @param inFlight decisions at a time
 * @param callers that take turns
 * @param limiter opens it, given the address of Redis
 */
record StoreContender(String name, int inFlight, int callers, Function<String, Limiter> limiter) {

    /** Never refuses: what is measured is the work of admitting. */
    private static final TokenBucket ROOMY = new TokenBucket(1_000_000_000, Duration.ofSeconds(1), 1_000_000_000);

    private static final TokenBucket ONE_A_DAY = new TokenBucket(1, Duration.ofDays(1), 1);

    private static final int HAZELCAST_PORT = 28_701;

    static List<StoreContender> all() {
        return List.of(
                redis("headgate-redis-4", 64, Callers.COUNT, 4),
                bucket4j("bucket4j-redisson-4", 64, Callers.COUNT, 4),
                redis("headgate-redis-1", 64, Callers.COUNT, 1),
                new StoreContender("redisson-limiter-1", 64, Callers.COUNT, StoreContender::redisson),
                redis("headgate-redis-hot", 256, 1, 1),
                bucket4j("bucket4j-redisson-hot", 256, 1, 1),
                new StoreContender("headgate-leased-hot", 256, 1, StoreContender::leased),
                new StoreContender(
                        "headgate-flood", 64, 1, address -> redis(address, 1, 1, ONE_A_DAY, DenyCacheLimitStore::new)),
                new StoreContender("headgate-hazelcast-4", 64, Callers.COUNT, address -> hazelcast()),
                new StoreContender("bucket4j-hazelcast-4", 64, Callers.COUNT, address -> bucket4jHazelcast()),
                new StoreContender("headgate-memory-1", 1, Callers.COUNT, address -> memory()));
    }

    private static StoreContender redis(String name, int inFlight, int callers, int limits) {
        return new StoreContender(
                name, inFlight, callers, address -> redis(address, callers, limits, ROOMY, store -> store));
    }

    private static StoreContender bucket4j(String name, int inFlight, int callers, int limits) {
        return new StoreContender(name, inFlight, callers, address -> bucket4j(address, callers, limits));
    }

    private static Limiter redis(
            String address, int callers, int limits, TokenBucket quota, UnaryOperator<LimitStore> around) {
        RedisClient client = connected(address);
        return new HeadgateLimiter(around.apply(new RedisLimitStore(client)), callers, limits, quota, client::close);
    }

    private static RedisClient connected(String address) {
        return new RedisConnections(
                        RedisConnections.Mode.SINGLE,
                        List.of(address),
                        "",
                        null,
                        null,
                        RedisTls.DEFAULT,
                        Duration.ofSeconds(10))
                .open();
    }

    private static Limiter leased(String address) {
        RedisClient client = connected(address);
        ScheduledExecutorService timer = DeadlineLimitStore.timer();
        LeasingLimitStore store = new LeasingLimitStore(new RedisLimitStore(client), key -> true, timer);
        return new HeadgateLimiter(store, 1, 1, ROOMY, () -> {
            store.close();
            timer.shutdownNow();
            client.close();
        });
    }

    /** As it comes, but for a pool that is as large as the decisions in flight. */
    private static RedissonClient redissonClient(String address) {
        Config config = new Config();
        config.useSingleServer().setAddress(address).setConnectionPoolSize(256).setConnectionMinimumIdleSize(64);
        return Redisson.create(config);
    }

    private static Limiter bucket4j(String address, int callers, int limits) {
        RedissonClient client = redissonClient(address);
        AsyncProxyManager<String> buckets = Bucket4jRedisson.casBasedBuilder(((Redisson) client).getCommandExecutor())
                .keyMapper(Mapper.STRING)
                .build()
                .asAsync();
        return new Bucket4jLimiter(buckets, callers, limits, ROOMY, client::shutdown);
    }

    private static Limiter redisson(String address) {
        RedissonClient client = redissonClient(address);
        return new RedissonLimiter(client, Callers.COUNT, ROOMY.refill(), client::shutdown);
    }

    private static HazelcastInstance member() {
        return new HazelcastMember("bench", "127.0.0.1", HAZELCAST_PORT, new Discovery.Members(List.of()), 1).start();
    }

    private static Limiter hazelcast() {
        HazelcastInstance member = member();
        LimitStore store = new QueueingLimitStore(new HazelcastLimitStore(member), 16, 16_384);
        return new HeadgateLimiter(store, Callers.COUNT, 4, ROOMY, member::shutdown);
    }

    /** With Hazelcast's own settings, but alone and quiet. */
    private static Limiter bucket4jHazelcast() {
        com.hazelcast.config.Config config = new com.hazelcast.config.Config();
        config.getNetworkConfig()
                .setPort(HAZELCAST_PORT)
                .getJoin()
                .getAutoDetectionConfig()
                .setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        IMap<String, byte[]> map = member.getMap("buckets");
        return new Bucket4jLimiter(
                Bucket4jHazelcast.entryProcessorBasedBuilder(map).build().asAsync(),
                Callers.COUNT,
                4,
                ROOMY,
                member::shutdown);
    }

    private static Limiter memory() {
        return new HeadgateLimiter(LocalLimitStore.monotonic(Bucket4jCounter::of), Callers.COUNT, 1, ROOMY, () -> {});
    }
}
