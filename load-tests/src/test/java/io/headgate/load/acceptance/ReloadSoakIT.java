package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The policy of two gateways is edited again and again under load, every fifth edit broken: {@code -Dsoak.reloads} edits
 * spread over {@code -Dsoak.minutes}.
 */
@Tag("soak")
@Timeout(value = 3_600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReloadSoakIT {

    private static final int RELOADS = Integer.getInteger("soak.reloads", 1_000);
    private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("soak.minutes", 10));
    private static final Duration LIVE = Duration.ofSeconds(2);
    /** After which it is not a late edit but a lost one. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(60);

    private static final String HOURLY_USER = "fleet-user-7";
    private static final long HOURLY_LIMIT = 500;
    private static final String PACED_USER = "fleet-user-5";
    private static final String PACE = "pace:    { per: user, rate: 120/min burst 10 }";
    private static final double PACE_PER_SECOND = 2;
    private static final long PACE_BURST = 10;

    @TempDir
    private Path folder;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final LongAdder requests = new LongAdder();
    private final LongAdder hourlyAdmitted = new LongAdder();
    private final LongAdder pacedAdmitted = new LongAdder();
    private final Map<Integer, LongAdder> unexpected = new ConcurrentHashMap<>();

    @Test
    void no_request_fails_no_limit_is_exceeded_and_each_edit_is_live_in_time() throws Exception {
        // Not about a store that a busy machine makes late: each node would go by its share meanwhile.
        try (GatewayFleet fleet = GatewayFleet.ofTwo(GatewayFleet.Store.HAZELCAST, "5s", folder)) {
            String policy = Files.readString(fleet.policy())
                    .replace("pace:    { per: user, rate: 100k/min burst 50k }", PACE)
                    .replace("window: 500/h, stage", "window: 1M/h, stage");
            assertThat(policy).contains(PACE).contains("window: 1M/h, stage");
            edit(fleet, policy);
            within(PATIENCE, () -> advertise(fleet, "/api/feed/ip/x", 120));
            long begin = System.nanoTime();
            List<CompletableFuture<Void>> load = List.of(
                    sending(fleet, 0, "/api/feed/user/x", HOURLY_USER, hourlyAdmitted),
                    sending(fleet, 1, "/api/feed/user/x", HOURLY_USER, hourlyAdmitted),
                    sending(fleet, 0, "/api/feed/ip/x", PACED_USER, pacedAdmitted),
                    sending(fleet, 1, "/api/feed/ip/x", PACED_USER, pacedAdmitted));

            long[] liveAfter = edits(fleet, policy, begin);

            running.set(false);
            load.forEach(CompletableFuture::join);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(liveAfter);
            System.out.printf(
                    "%d edits in %.0f s, live after %d ms (median), %d ms (99 %%), %d ms (all); %d requests, admitted %d of"
                            + " %d an hour, and %d where %.0f s allow %.0f%n",
                    RELOADS,
                    seconds,
                    liveAfter[liveAfter.length / 2],
                    liveAfter[liveAfter.length * 99 / 100],
                    liveAfter[liveAfter.length - 1],
                    requests.sum(),
                    hourlyAdmitted.sum(),
                    HOURLY_LIMIT,
                    pacedAdmitted.sum(),
                    seconds,
                    PACE_BURST + PACE_PER_SECOND * seconds);

            assertThat(unexpected).as("answers that are neither 200 nor 429").isEmpty();
            assertThat(hourlyAdmitted.sum()).isLessThanOrEqualTo(HOURLY_LIMIT);
            assertThat((double) pacedAdmitted.sum()).isLessThanOrEqualTo(PACE_BURST + PACE_PER_SECOND * seconds);
            assertThat(liveAfter[liveAfter.length - 1]).isLessThanOrEqualTo(LIVE.toMillis());
        }
    }

    /** Edits the policy, and says how many milliseconds after each good edit both gateways went by it. */
    private static long[] edits(GatewayFleet fleet, String policy, long begin) throws Exception {
        List<Long> liveAfter = new ArrayList<>();
        for (int n = 1; n <= RELOADS; n++) {
            pauseUntil(begin + TIME.toNanos() / RELOADS * n);
            if (n % 5 == 0) {
                edit(fleet, policy.replace("{ per: user, window: 1M/h", "{ per: user, windw: " + n + "/h"));
                within(PATIENCE, () -> refuses(fleet, 0) && refuses(fleet, 1));
            } else {
                long amount = 1_000_000L + n;
                edit(
                        fleet,
                        policy.replace(
                                "shared:  { per: user, window: 1M/h",
                                "shared:  { per: user, window: " + amount + "/h"));
                long edited = System.nanoTime();
                within(PATIENCE, () -> advertise(fleet, "/api/feed/local/x", amount));
                liveAfter.add((System.nanoTime() - edited) / 1_000_000);
            }
        }
        return liveAfter.stream().mapToLong(Long::longValue).toArray();
    }

    private static void edit(GatewayFleet fleet, String policy) throws Exception {
        Path next = Files.writeString(fleet.policy().resolveSibling("next"), policy);
        Files.move(next, fleet.policy(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean advertise(GatewayFleet fleet, String path, long amount) {
        for (int gateway = 0; gateway < 2; gateway++) {
            String policy = fleet.get(gateway, path, "fleet-user-1")
                    .headers()
                    .firstValue("ratelimit-policy")
                    .orElse("");
            if (!policy.contains("q=" + amount + ";")) {
                return false;
            }
        }
        return true;
    }

    private static boolean refuses(GatewayFleet fleet, int gateway) {
        return fleet.managementText(gateway, "/actuator/health").contains("windw");
    }

    private CompletableFuture<Void> sending(
            GatewayFleet fleet, int gateway, String path, String key, LongAdder admitted) {
        return CompletableFuture.runAsync(
                () -> {
                    while (running.get()) {
                        int status = fleet.get(gateway, path, key).statusCode();
                        requests.increment();
                        if (status == 200) {
                            admitted.increment();
                        } else if (status != 429) {
                            unexpected
                                    .computeIfAbsent(status, any -> new LongAdder())
                                    .increment();
                        }
                        LockSupport.parkNanos(BETWEEN_REQUESTS.toNanos());
                    }
                },
                task -> new Thread(task, "load").start());
    }

    private static void pauseUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within %s", limit).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
