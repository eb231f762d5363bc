package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway under floods, and a client who has nothing to do with them. How long that one waits depends on the machine: it is
 * printed beside what it was before, and what one waits who asks the backend without the gateway, and held to a bound that
 * shows collapse only.
 */
@Tag("floods")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloodsIT {

    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final Duration LONG = Duration.ofSeconds(Integer.getInteger("floods.seconds", 60));
    private static final int INNOCENT_PER_SECOND = 100;
    private static final double COLLAPSE_MILLIS = 2_000;

    @TempDir
    private static Path folder;

    private FloodedGateway gateway;
    private String innocent;

    @BeforeAll
    void start() throws Exception {
        gateway = FloodedGateway.start(folder);
        innocent =
                "/api/feed/open/x HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\nAuthorization: Bearer "
                        + gateway.issuer().token("innocent");
        Flood.during(WARM_UP, gateway.port(), 16, 2_000, number -> innocent);
    }

    @AfterAll
    void stop() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
    }

    /**
     * What innocent clients got.
     *
     * @param past from the backend, without the gateway: what they wait for there is the machine's
     */
    private record Innocents(Flood.Answers through, Flood.Answers past) {}

    private CompletableFuture<Innocents> innocentsDuring(Duration time) {
        return innocentDuring(time, gateway.port())
                .thenCombine(innocentDuring(time, gateway.backendPort()), Innocents::new);
    }

    private CompletableFuture<Flood.Answers> innocentDuring(Duration time, int port) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Flood.during(time, port, 1, INNOCENT_PER_SECOND, number -> innocent);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void isServed(String flood, Innocents before, Innocents meanwhile) {
        print(flood + ", innocent client", before.through(), meanwhile.through());
        print(flood + ", past the gateway", before.past(), meanwhile.past());
        assertThat(meanwhile.through().statuses())
                .as("the innocent client's answers")
                .containsOnlyKeys(200);
        assertThat(meanwhile.through().percentileMillis(99)).isLessThan(COLLAPSE_MILLIS);
    }

    private static void print(String client, Flood.Answers before, Flood.Answers meanwhile) {
        System.out.printf(
                Locale.ROOT,
                "%s: p50 %.2f -> %.2f ms, p99 %.2f -> %.2f ms, %d requests%n",
                client,
                before.percentileMillis(50),
                meanwhile.percentileMillis(50),
                before.percentileMillis(99),
                meanwhile.percentileMillis(99),
                meanwhile.count());
    }

    @Test
    @Order(1)
    void slowConnectionsKeepNobodyElseWaiting() throws Exception {
        Innocents before = innocentsDuring(LONG).join();
        long megabytes = gateway.residentMegabytes();
        try (Flood.Slow slow = new Flood.Slow(
                gateway.port(),
                2_000,
                "GET /api/feed/open/slow HTTP/1.1\r\nHost: localhost\r\nX-",
                "PATCH /files/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx",
                "GET /api/feed/other/endless HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            // Some are always on their way back in, since the gateway ends them.
            double open = 0;
            for (long until = System.nanoTime() + LONG.toNanos();
                    open < 0.9 * slow.connections() && System.nanoTime() < until; ) {
                Thread.sleep(200);
                open = gateway.metric("edge_connections");
            }
            long first = gateway.residentMegabytes();
            Innocents meanwhile = innocentsDuring(LONG).join();
            long last = gateway.residentMegabytes();
            System.out.printf(
                    "%d slow connections (%.0f counted): memory %d MiB before, %d with them, %d after %d s;"
                            + " cut %.0f%n",
                    slow.connections(),
                    open,
                    megabytes,
                    first,
                    last,
                    LONG.toSeconds(),
                    gateway.metric("edge_connections_cut_total"));
            isServed("2000 slow connections", before, meanwhile);
            assertThat(last - first).as("memory, in MiB").isLessThan(64);
        }
    }

    @Test
    @Order(2)
    void keysThatNobodyKnowsSendNobodyToTheIssuer() throws Exception {
        String token = gateway.issuer().token("attacker");
        // A gateway compiles what it does often, which is not what a flood costs one that has been at work for long.
        TokenFlood.during(WARM_UP, gateway.port(), 5_000, token, folder);
        Innocents before = innocentsDuring(LONG).join();
        int fetches = gateway.issuer().keyFetches();
        CompletableFuture<Innocents> innocents = innocentsDuring(LONG);
        long begin = System.nanoTime();
        Map<Integer, Long> answers = TokenFlood.during(LONG, gateway.port(), 5_000, token, folder);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long sent = answers.values().stream().mapToLong(Long::longValue).sum();
        int asked = gateway.issuer().keyFetches() - fetches;
        System.out.printf(
                Locale.ROOT,
                "%d tokens by keys nobody knows, %.0f a second: answers %s; the issuer was asked %d times in %.0f s%n",
                sent,
                sent / seconds,
                answers,
                asked,
                seconds);
        isServed("keys nobody knows", before, innocents.join());
        assertThat(answers).containsOnlyKeys(401);
        assertThat((double) asked).isLessThanOrEqualTo(seconds / 30 + 1);
    }

    @Test
    @Order(3)
    void guessesFromOneAddressAreTurnedAwayAndLeaveTwoKeysInTheStoreAtMost() throws Exception {
        long made = guess("wrong keys", 100_000, number -> "198.51.100.1");
        assertThat(made).isLessThanOrEqualTo(2);
    }

    @Test
    @Order(4)
    void theAddressesOfOneNetworkAreOneCaller() throws Exception {
        long made = guess("addresses of one /64", 10_000, number -> "2001:db8:0:1:" + Long.toHexString(number) + "::1");
        assertThat(made).isLessThanOrEqualTo(1);
    }

    /** Sends wrong keys from these addresses, a hundred of which may be; answers how many counters the store has for it. */
    private long guess(String flood, int guesses, LongFunction<String> address) throws Exception {
        long counters = gateway.counters();
        Flood.Answers answers = Flood.of(
                gateway.port(),
                64,
                guesses,
                1e6,
                number -> "/api/feed/guarded/x HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: " + address.apply(number)
                        + "\r\nX-API-Key: guess-" + number);
        long made = gateway.counters() - counters;
        System.out.printf("%d %s: answers %s, %d keys in the store%n", guesses, flood, answers.statuses(), made);
        assertThat(answers.statuses()).containsOnlyKeys(401, 429).containsEntry(401, 100L);
        return made;
    }
}
