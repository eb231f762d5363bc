package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A master that sentinels watch. How soon its successor is found, is asked in {@link FaultsTest}. */
class SentinelTest {

    private static final List<Charge> CALL = List.of(new Charge(
            LimitKey.of("rate", Subject.of("test", "sentinel")),
            new TokenBucket(1_000, Duration.ofSeconds(1), 1_000),
            1,
            OnStoreFailure.CLOSED));

    @Test
    void one_sentinel_is_enough_to_find_the_master() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(1);
                RedisClient client = group.connections().open()) {
            awaitDecision(new RedisLimitStore(client));
        }
    }

    @Test
    void a_node_that_starts_while_the_announced_master_is_dead_finds_its_successor() throws Exception {
        try (SentinelGroup group = SentinelGroup.of(1)) {
            group.killMaster();
            try (RedisClient client = group.connections().open()) {
                LimitStore store = new RedisLimitStore(client);
                assertThat(client.connected()).as("to the dead master").isFalse();
                group.awaitPromotion();
                awaitDecision(store);
            }
        }
    }

    private static void awaitDecision(LimitStore store) {
        ClusterOfThree.await(() -> {
            try {
                return store.acquire(CALL).toCompletableFuture().join() instanceof Decision.Allowed;
            } catch (CompletionException unavailable) {
                return false;
            }
        });
    }
}
