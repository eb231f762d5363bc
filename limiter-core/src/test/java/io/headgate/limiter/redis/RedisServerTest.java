package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.guard.Share;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/** What only a real Redis can show: its clock, its script cache, its keys. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisServerTest {

    private static final TokenBucket BUCKET = new TokenBucket(10, Duration.ofHours(1), 10);

    private RedisFleet server;
    private RedissonClient client;
    private LimitStore store;

    @BeforeAll
    void start() throws Exception {
        server = new RedisFleet(1);
        client = server.client(0);
        store = new RedisLimitStore(server.connection(0));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void time_is_the_servers_own() {
        Charge hour = charge("server-hour", new SlidingWindow(1, Duration.ofHours(1)));
        assertThat(acquire(hour)).isInstanceOf(Decision.Allowed.class);
        Decision.Denied denied = (Decision.Denied) acquire(hour);
        assertThat(denied.retryAfterMicros()).isBetween(1L, 3_600_000_000L);

        Charge moment = charge("server-moment", new SlidingWindow(1, Duration.ofMillis(50)));
        assertThat(acquire(moment)).isInstanceOf(Decision.Allowed.class);
        while (acquire(moment) instanceof Decision.Denied) {
            Thread.onSpinWait(); // nobody turns the server's clock: it passes by itself, or this test does not end
        }
    }

    @Test
    void a_calendar_is_undecided_for_a_node_whose_clock_is_more_than_a_budget_apart() {
        LimitStore ahead = new RedisLimitStore(
                server.connection(0),
                LimitScript.onServerClock(),
                () -> (System.currentTimeMillis() + 3 * 86_400_000L) * 1_000);
        Charge day = charge("skewed-day", new CalendarQuota(1, CalendarQuota.Unit.DAY, ZoneOffset.UTC));
        Charge month = charge("skewed-month", new CalendarQuota(1, CalendarQuota.Unit.MONTH, ZoneOffset.UTC));

        CompletionStage<Decision> undecided = ahead.acquire(List.of(month, day));
        assertThat(undecided.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(StoreUnavailable.class)
                .withMessageContaining("too far apart for a calendar");

        assertThat(ahead.acquire(List.of(month)).toCompletableFuture().join()).isInstanceOf(Decision.Allowed.class);
        assertThat(acquire(month)).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void a_flushed_script_cache_is_not_noticed() {
        Charge charge = charge("flushed", BUCKET);
        acquire(charge);

        client.getScript(StringCodec.INSTANCE).scriptFlush();

        assertThat(acquire(charge).usages().get(0).remaining()).isEqualTo(8);
    }

    @Test
    void every_key_expires_once_it_no_longer_matters_and_a_refusal_does_not_prolong_it() {
        Charge charge = new Charge(key("ttl"), BUCKET, 10, OnStoreFailure.LOCAL);
        acquire(charge);
        String key = PackedCharge.key(charge.key());
        long left = client.getBucket(key, ByteArrayCodec.INSTANCE).remainTimeToLive();
        assertThat(left).isBetween(3_500_000L, 3_601_000L);

        acquire(charge);

        assertThat(client.getBucket(key, ByteArrayCodec.INSTANCE).remainTimeToLive())
                .isLessThanOrEqualTo(left);
    }

    @Test
    void a_refusal_writes_nothing() {
        Charge full = new Charge(key("full"), BUCKET, 10, OnStoreFailure.LOCAL);
        Charge other = charge("untouched", BUCKET);
        acquire(full);

        assertThat(acquire(full, other)).isInstanceOf(Decision.Denied.class);

        assertThat(client.getBucket(PackedCharge.key(other.key())).isExists()).isFalse();
    }

    @Test
    void limits_of_one_subject_share_a_slot() {
        Subject subject = Subject.of("user", "u1");
        String tag = "hg:{" + String.format("%02x", subject.hi() >>> 56) + "}:";
        assertThat(PackedCharge.key(LimitKey.of("a", subject))).startsWith(tag).hasSize(28);
        assertThat(PackedCharge.key(LimitKey.of("b", subject))).startsWith(tag).hasSize(28);
    }

    /** None may ever change: the counters of a running fleet are called so. */
    @Test
    void keys_are_called_what_they_have_always_been_called() {
        Subject subject = new Subject(0x0123456789abcdefL, 0xfedcba9876543210L);
        assertThat(PackedCharge.key(new LimitKey(0, subject))).isEqualTo("hg:{01}:I0VniavN7xz8EqENSf-_");
        assertThat(PackedCharge.key(new LimitKey(1, subject))).isEqualTo("hg:{01}:sVN6maDICm_Wl3T_Vm7R");
        assertThat(PackedCharge.key(new LimitKey(-1, subject))).isEqualTo("hg:{01}:8xCbe2BwlBoFy-9tMR4w");
    }

    @Test
    void a_token_bucket_takes_about_a_hundred_bytes() {
        Charge charge = charge("small", BUCKET);
        acquire(charge);

        Long bytes = client.getScript(StringCodec.INSTANCE)
                .eval(
                        RScript.Mode.READ_ONLY,
                        "return redis.call('MEMORY', 'USAGE', KEYS[1])",
                        RScript.ReturnType.LONG,
                        List.of(PackedCharge.key(charge.key())));

        assertThat(bytes).isLessThanOrEqualTo(104);
    }

    @Test
    void a_state_of_a_later_release_is_left_alone() {
        Charge charge = charge("later", BUCKET);
        String key = PackedCharge.key(charge.key());
        client.getBucket(key, ByteArrayCodec.INSTANCE).set(new byte[] {0x41, 1, 2, 3});

        assertThatThrownBy(() -> acquire(charge))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining("state of an unknown version");
        byte[] kept = client.<byte[]>getBucket(key, ByteArrayCodec.INSTANCE).get();
        assertThat(kept).containsExactly(0x41, 1, 2, 3);
    }

    @Test
    void a_server_that_refuses_to_write_is_unavailable() {
        Charge charge = charge("oom", BUCKET);
        config("maxmemory", "1");
        try {
            assertThatThrownBy(() -> acquire(charge))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessage("redis: command not allowed when used memory > 'maxmemory'");
        } finally {
            config("maxmemory", "0");
        }
        assertThat(acquire(charge)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void nodes_learn_how_many_they_are_and_share_out_without_overlap() {
        try (RedisNodes first = new RedisNodes(server.connection(0));
                RedisNodes second = new RedisNodes(server.connection(1))) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (first.share().nodes() + second.share().nodes() < 4 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(List.of(first.share(), second.share()))
                    .containsExactlyInAnyOrder(new Share(0, 2), new Share(1, 2));
        }
    }

    private void config(String name, String value) {
        client.getRedisNodes(org.redisson.api.redisnode.RedisNodes.SINGLE)
                .getInstance()
                .setConfig(name, value);
    }

    private Decision acquire(Charge... charges) {
        try {
            return store.acquire(List.of(charges)).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static LimitKey key(String name) {
        return LimitKey.of("redis-server-test", Subject.of("test", name));
    }

    private static Charge charge(String name, io.headgate.limiter.Quota quota) {
        return new Charge(key(name), quota, 1, OnStoreFailure.LOCAL);
    }
}
