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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever Redis says instead of an answer: the call is unavailable at once, and the script was sent once. */
class RedisTroubleTest {

    private ScriptedRedis redis;
    private RedisClient client;
    private LimitStore store;

    @BeforeEach
    void start() throws IOException {
        redis = new ScriptedRedis();
        client = new RedisConnections(
                        RedisConnections.Mode.SINGLE,
                        List.of("redis://127.0.0.1:" + redis.port()),
                        "",
                        null,
                        null,
                        RedisTls.DEFAULT,
                        // Far beyond any stall: no answer here comes from a timeout.
                        Duration.ofMinutes(1))
                .open();
        store = new RedisLimitStore(client);
        redis.forget();
    }

    @AfterEach
    void stop() {
        client.close();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-READONLY You can't write against a read only replica.",
                "-LOADING Redis is loading the dataset in memory",
                "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
                "-OOM command not allowed when used memory > 'maxmemory'.",
                "-MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.",
                "-NOREPLICAS Not enough good replicas to write.",
                "-CLUSTERDOWN The cluster is down",
                "-TRYAGAIN Multiple keys request during rehashing of slot",
                "-NOAUTH Authentication required.",
                "-WRONGPASS invalid username-password pair or user is disabled.",
                "-NOPERM this user has no permissions to run the 'evalsha' command",
                "-ERR max number of clients reached",
                "-UNBLOCKED client unblocked",
                "$2\r\nhi"
            })
    void is_unavailable_at_once_and_the_script_is_not_sent_again(String reply) {
        redis.answer(reply);
        assertThatThrownBy(this::acquire).isInstanceOf(StoreUnavailable.class).hasMessageStartingWith("redis: ");
        assertThat(redis.scripts()).isEqualTo(1);

        assertThatThrownBy(this::acquire).isInstanceOf(StoreUnavailable.class);
        assertThat(redis.scripts()).isEqualTo(2);
    }

    @Test
    void a_connection_that_breaks_after_the_script_was_sent_leaves_it_undecided_and_does_not_send_it_again() {
        redis.answer(null);

        assertThatThrownBy(this::acquire).isInstanceOf(StoreUnavailable.class);

        assertThat(redis.scripts()).isEqualTo(1);
    }

    @Test
    void a_server_that_never_knows_the_script_is_told_it_once_and_then_unavailable() {
        redis.answer("-NOSCRIPT No matching script. Please use EVAL.");

        assertThatThrownBy(this::acquire).isInstanceOf(StoreUnavailable.class);

        assertThat(redis.scripts()).isEqualTo(2);
    }

    private Decision acquire() {
        Charge charge = new Charge(
                LimitKey.of("redis-trouble-test", Subject.EVERYONE),
                new TokenBucket(10, Duration.ofMinutes(1), 10),
                1,
                OnStoreFailure.LOCAL);
        try {
            return store.acquire(List.of(charge)).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
