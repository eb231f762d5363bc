package io.headgate.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.gateway.HeadgateGateway;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.redis.RedisConnections;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A gateway that is a client of members in processes of their own, started by the {@code member} command. */
class HazelcastElsewhereTest {

    private static final List<Charge> CALL = List.of(new Charge(
            LimitKey.of("api", Subject.of("user", "ann")),
            new TokenBucket(1, Duration.ofHours(1), 10),
            1,
            OnStoreFailure.CLOSED));

    @Test
    void aGatewayCountsInAMemberOfItsOwnProcessAndOutlivesIt() throws Exception {
        int port = freePort();
        Process member = member("--port=" + port);
        try (SharedStore store = SharedStore.open(store(settings(port)))) {
            while (true) {
                assertThat(member.isAlive()).isTrue();
                try {
                    assertThat(store.store().acquire(CALL).toCompletableFuture().join())
                            .isInstanceOf(Decision.Allowed.class);
                    break;
                } catch (CompletionException notYet) {
                    assertThat(StoreUnavailable.is(notYet)).isTrue();
                    Thread.sleep(20);
                }
            }
            assertThat(store.nodes().share()).isEqualTo(Share.WHOLE);

            // As a service manager does: it leaves by itself.
            member.destroy();
            assertThat(member.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(() ->
                            store.store().acquire(CALL).toCompletableFuture().join())
                    .matches(StoreUnavailable::is);
        } finally {
            member.destroyForcibly();
        }
    }

    @Test
    void aMemberThatCannotStartSaysWhy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(end(member("--port=" + taken.getLocalPort())))
                    .startsWith("1 port " + taken.getLocalPort() + " cannot be used");
        }
        assertThat(end(member("--members=nonsense"))).contains("2 member: nonsense (expected: host:port)");
    }

    @Test
    void whatAClientWouldIgnoreIsAnError() {
        HeadgateProperties.Hazelcast.Mode client = HeadgateProperties.Hazelcast.Mode.CLIENT;
        assertThatThrownBy(() -> new HeadgateProperties.Hazelcast(client, "c", null, 5701, List.of("a:1"), 2, null))
                .isInstanceOf(SettingRejected.class)
                .hasMessageContaining("smallest-cluster is set in mode client");
        assertThatThrownBy(() -> new HeadgateProperties.Hazelcast(client, "c", "10.0.0.1", 5701, List.of(), 1, null))
                .isInstanceOf(SettingRejected.class)
                .hasMessageContaining("address is set in mode client");
        HeadgateProperties.Hazelcast nobody =
                new HeadgateProperties.Hazelcast(client, "c", null, 5701, List.of(), 1, null);
        assertThatThrownBy(() -> SharedStore.open(store(nobody)))
                .isInstanceOf(SettingRejected.class)
                .hasMessageContaining("members: none");
    }

    private static HeadgateProperties.Hazelcast settings(int port) {
        return new HeadgateProperties.Hazelcast(
                HeadgateProperties.Hazelcast.Mode.CLIENT,
                "headgate",
                null,
                5701,
                List.of("127.0.0.1:" + port),
                1,
                null);
    }

    private static HeadgateProperties.Store store(HeadgateProperties.Hazelcast hazelcast) {
        HeadgateProperties.Tls tls = new HeadgateProperties.Tls(null, null, null);
        return new HeadgateProperties.Store(
                HeadgateProperties.Store.Type.HAZELCAST,
                new HeadgateProperties.Redis(List.of(), RedisConnections.Mode.SINGLE, "", null, null, tls),
                hazelcast);
    }

    private static Process member(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                HeadgateGateway.class.getName(),
                "member"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Its exit code, and what it said about it. */
    private static String end(Process process) throws IOException, InterruptedException {
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        String last = said.lines()
                .filter(line -> line.startsWith("port") || line.startsWith("member"))
                .findFirst()
                .orElse(said);
        return process.waitFor() + " " + last;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
