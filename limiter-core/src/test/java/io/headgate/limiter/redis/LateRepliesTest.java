package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.guard.DeadlineLimitStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class LateRepliesTest {

    private static final Duration DEADLINE = Duration.ofMillis(20);
    /** Later than any deadline and sooner than a connection counts as lost. */
    private static final Duration LATE = Duration.ofMillis(400);

    private static final Duration TOO_LATE_TO_CONNECT = Duration.ofMillis(1_500);
    private static final int BURST = 1_000;
    private static final List<Charge> CALL = List.of(new Charge(
            LimitKey.of("rate", Subject.of("test", "late")),
            new TokenBucket(1, Duration.ofDays(1), BURST),
            1,
            OnStoreFailure.CLOSED));

    @Test
    void calls_whose_replies_come_after_the_deadline_charge_nothing_in_the_end() throws Exception {
        ScheduledExecutorService timer = DeadlineLimitStore.timer();
        try (DurableRedis redis = DurableRedis.start();
                DelayingProxy proxy = new DelayingProxy(redis.port());
                RedisClient client = DurableRedis.connections(proxy.port()).open()) {
            LimitStore bare = new RedisLimitStore(client);
            LimitStore store = new DeadlineLimitStore(bare, () -> DEADLINE, 5, client.answers(), timer);
            assertThat(bare.acquire(CALL).toCompletableFuture().join()).isInstanceOf(Decision.Allowed.class);
            int admitted = 1;

            proxy.delayReplies(LATE);
            for (int i = 0; i < 10; i++) {
                admitted += decided(store) ? 1 : 0;
            }
            proxy.delayReplies(Duration.ZERO);

            int left = BURST - admitted;
            ClusterOfThree.await(
                    () -> bare.peek(CALL).toCompletableFuture().join().get(0).remaining() == left);
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void a_server_that_is_late_when_a_node_starts_is_waited_for() throws Exception {
        try (DurableRedis redis = DurableRedis.start();
                DelayingProxy proxy = new DelayingProxy(redis.port())) {
            proxy.delayReplies(TOO_LATE_TO_CONNECT);
            CompletableFuture<RedisClient> opening = CompletableFuture.supplyAsync(
                    () -> DurableRedis.connections(proxy.port()).open());
            assertThatThrownBy(() -> opening.get(2 * TOO_LATE_TO_CONNECT.toMillis(), TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            proxy.delayReplies(Duration.ZERO);
            try (RedisClient client = opening.join()) {
                assertThat(client.connected()).isTrue();
            }
        }
    }

    /** Late as they are, a machine that stands still may take replies for timely. */
    private static boolean decided(LimitStore store) {
        try {
            store.acquire(CALL).toCompletableFuture().join();
            return true;
        } catch (CompletionException e) {
            assertThat(StoreUnavailable.is(e)).isTrue();
            return false;
        }
    }
}
