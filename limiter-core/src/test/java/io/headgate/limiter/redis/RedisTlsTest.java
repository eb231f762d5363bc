package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.testkit.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** A server that speaks TLS only to who proves who he is, and lets a user do no more than limiting takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTlsTest {

    /** As docs/gateway.md says. */
    private static final String LEAST =
            "~hg:* -@all +ping +evalsha +eval +mget +get +getdel +set +psetex +del +time +zadd +zrange +zrem"
                    + " +zremrangebyscore +pexpire";

    @TempDir
    static Path folder;

    private int plainPort;
    private int tlsPort;
    private KeyPairFiles server;
    private KeyPairFiles client;
    private RedisServer redis;

    @BeforeAll
    void start() throws Exception {
        server = KeyPairFiles.create(folder, "server");
        client = KeyPairFiles.create(folder, "client");
        plainPort = ClusterOfThree.freePort();
        tlsPort = ClusterOfThree.freePort();
        redis = RedisServer.newRedisServer()
                .port(plainPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("tls-port " + tlsPort)
                .setting("tls-cert-file " + server.certificate())
                .setting("tls-key-file " + server.key())
                .setting("tls-ca-cert-file " + client.certificate())
                .setting("tls-auth-clients yes")
                .setting("user limits on >secret " + LEAST)
                .build();
        redis.start();
    }

    @AfterAll
    void stop() throws IOException {
        redis.stop();
    }

    @Test
    void a_client_with_a_certificate_and_the_least_rights_counts_and_is_counted() {
        try (RedisClient connected =
                        connections("127.0.0.1", trusted(), "secret").open();
                RedisNodes nodes = new RedisNodes(connected)) {
            assertThat(acquire(connected, "user")).isInstanceOf(Decision.Allowed.class);
            ClusterOfThree.await(
                    () -> RespConnection.command(plainPort, "ZCARD", "hg:nodes").equals("1"));
            assertThat(nodes.share().nodes()).isOne();
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void a_client_with_the_least_rights_keeps_notes_and_reminders() {
        try (RedisClient connected =
                connections("127.0.0.1", trusted(), "secret").open()) {
            SharedNotes notes = new RedisNotes(connected);
            Reminders reminders = new RedisReminders(connected);
            Subject upload = Subject.of("upload", "/files/1");
            join(notes.put(upload, new byte[] {7}, Duration.ofMinutes(1)));
            join(reminders.set(upload, Duration.ofMillis(1)));
            ClusterOfThree.await(() -> join(reminders.due(9)).equals(List.of(upload)));
            assertThat(join(notes.get(upload))).contains(new byte[] {7});
            assertThat(join(notes.remove(upload))).contains(new byte[] {7});
            join(reminders.clear(upload));
            assertThat(join(reminders.due(9))).isEmpty();
        }
    }

    @Test
    void a_client_without_a_certificate_is_not_let_in() {
        assertUnavailable("127.0.0.1", new RedisTls(server.certificate(), null, null), "secret");
    }

    @Test
    void a_server_that_nobody_trusted_vouches_for_gets_nothing() {
        assertUnavailable(
                "127.0.0.1", new RedisTls(client.certificate(), client.certificate(), client.key()), "secret");
        assertUnavailable("127.0.0.1", RedisTls.DEFAULT, "secret");
    }

    @Test
    void a_server_whose_certificate_is_for_another_name_gets_nothing() {
        assertUnavailable("localhost", trusted(), "secret");
    }

    @Test
    void a_wrong_password_is_unavailable() {
        assertUnavailable("127.0.0.1", trusted(), "wrong");
    }

    @Test
    void a_user_that_is_taken_away_is_unavailable_at_once_and_one_that_is_given_back_is_found_again() {
        RespConnection.command(plainPort, "ACL", "SETUSER", "passing", "on", ">secret", "~hg:*", "+@all");
        try (RedisClient connected =
                connections("127.0.0.1", trusted(), "passing", "secret").open()) {
            assertThat(acquire(connected, "taken")).isInstanceOf(Decision.Allowed.class);

            RespConnection.command(plainPort, "ACL", "DELUSER", "passing");
            assertThatThrownBy(() -> acquire(connected, "taken")).isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(() -> acquire(connected, "taken")).isInstanceOf(StoreUnavailable.class);

            RespConnection.command(plainPort, "ACL", "SETUSER", "passing", "on", ">secret", "~hg:*", "+@all");
            ClusterOfThree.await(() -> answers(connected, "taken"));
        }
    }

    @Test
    void a_right_that_is_taken_away_is_unavailable_at_once() {
        RespConnection.command(plainPort, "ACL", "SETUSER", "weaker", "on", ">secret", "~hg:*", "+@all");
        try (RedisClient connected =
                connections("127.0.0.1", trusted(), "weaker", "secret").open()) {
            RespConnection.command(plainPort, "ACL", "SETUSER", "weaker", "-mget");

            assertThatThrownBy(() -> acquire(connected, "right")).isInstanceOf(StoreUnavailable.class);

            RespConnection.command(plainPort, "ACL", "SETUSER", "weaker", "+mget");
            assertThat(acquire(connected, "right")).isInstanceOf(Decision.Allowed.class);
        }
    }

    @Test
    void settings_that_would_be_ignored_and_files_that_hold_nothing_are_named() throws IOException {
        assertThatThrownBy(() -> new RedisTls(null, client.certificate(), null))
                .hasMessage("tls: a certificate without a key (expected: both or none)");
        assertThatThrownBy(() -> new RedisConnections(
                        RedisConnections.Mode.SINGLE,
                        List.of("redis://127.0.0.1:" + plainPort),
                        "",
                        null,
                        null,
                        trusted(),
                        Duration.ofSeconds(2)))
                .hasMessage("tls: set for [redis://127.0.0.1:" + plainPort + "] (expected: rediss:// addresses)");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> connections("127.0.0.1", new RedisTls(empty, null, null), "secret")
                        .open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls.trust: " + empty + ": holds no certificate (expected: PEM certificates)");
        assertThatThrownBy(() -> connections("127.0.0.1", new RedisTls(null, client.certificate(), empty), "secret")
                        .open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tls.key: " + empty + ": ");
    }

    private RedisTls trusted() {
        return new RedisTls(server.certificate(), client.certificate(), client.key());
    }

    private void assertUnavailable(String host, RedisTls tls, String password) {
        try (RedisClient refused = connections(host, tls, password).open()) {
            assertThatThrownBy(() -> acquire(refused, "refused")).isInstanceOf(StoreUnavailable.class);
        }
    }

    private RedisConnections connections(String host, RedisTls tls, String password) {
        return connections(host, tls, "limits", password);
    }

    private RedisConnections connections(String host, RedisTls tls, String user, @Nullable String password) {
        return new RedisConnections(
                RedisConnections.Mode.SINGLE,
                List.of("rediss://" + host + ":" + tlsPort),
                "",
                user,
                password,
                tls,
                Duration.ofSeconds(2));
    }

    private static boolean answers(RedisClient connected, String name) {
        try {
            return acquire(connected, name) instanceof Decision.Allowed;
        } catch (StoreUnavailable e) {
            return false;
        }
    }

    private static Decision acquire(RedisClient connected, String name) {
        Charge charge = new Charge(
                LimitKey.of("redis-tls-test", Subject.of("test", name)),
                new TokenBucket(1_000, Duration.ofSeconds(1), 1_000),
                1,
                OnStoreFailure.LOCAL);
        try {
            return new RedisLimitStore(connected)
                    .acquire(List.of(charge))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
