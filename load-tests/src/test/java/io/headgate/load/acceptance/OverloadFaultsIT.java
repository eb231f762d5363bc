package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three gateways in front of one server that gets three times as much to do as it can. */
@Tag("faults")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OverloadFaultsIT {

    private static final Duration RUN = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final double OVERLOAD = 3;

    /** Of what the server can do. */
    private static final double PLAYBACK_SHARE = 1 / 3.0;

    private static final long BUDGET = 100_000;
    private static final int USERS = 4;

    @TempDir
    private static Path folder;

    /** How a request ended: with this status, or none, and when. */
    private record Ending(int status, boolean saysWhenToComeBack, long atNanos) {

        static Ending of(@Nullable HttpResponse<String> answer, @Nullable Throwable broken) {
            long now = System.nanoTime();
            return answer == null
                    ? new Ending(0, false, now)
                    : new Ending(
                            answer.statusCode(),
                            answer.headers().firstValue("Retry-After").isPresent(),
                            now);
        }
    }

    private record Sent(boolean playback, CompletableFuture<Ending> ending) {

        int status() {
            return ending.join().status();
        }
    }

    @Test
    void atThreeTimesItsCapacityAServerDoesWhatItCanPlaybackDoesNotSufferAndUploadsAreTurnedAwayForNothing()
            throws Exception {
        try (BusyBackend server = new BusyBackend(60, Duration.ofMillis(1_800));
                ThreeGateways gateways = ThreeGateways.start(
                        folder,
                        "overload.yaml",
                        new ThreeGateways.Backends(server.port(), server.port(), server.port()))) {
            long begin = System.nanoTime();
            List<Sent> all = overload(gateways, server.perSecond());
            long end = System.nanoTime();
            Map<String, Integer> endings = new TreeMap<>();
            all.forEach(sent ->
                    endings.merge((sent.playback() ? "playback " : "upload ") + sent.status(), 1, Integer::sum));

            // What was under way when the count began makes up for what is when it ends.
            long countFrom = begin + SETTLE.toNanos();
            long good = all.stream()
                    .map(sent -> sent.ending().join())
                    .filter(ending -> ending.status() == 200)
                    .filter(ending -> ending.atNanos() - countFrom >= 0 && ending.atNanos() - end < 0)
                    .count();
            double couldDo = server.workers() * (end - countFrom) / 1e9 / server.secondsEach();
            assertThat(good / couldDo).as("goodput, %s", endings).isGreaterThanOrEqualTo(0.9);

            List<Sent> playbacks = all.stream().filter(Sent::playback).toList();
            long played =
                    playbacks.stream().filter(sent -> sent.status() == 200).count();
            assertThat(played / (double) playbacks.size())
                    .as("playback, %s", endings)
                    .isGreaterThanOrEqualTo(0.999);

            assertThat(endings.keySet()).isSubsetOf("playback 200", "playback 503", "upload 200", "upload 503");
            assertThat(endings.getOrDefault("upload 503", 0)).isGreaterThan((all.size() - playbacks.size()) / 2);
            assertThat(all)
                    .filteredOn(sent -> sent.status() == 503)
                    .allMatch(sent -> sent.ending().join().saysWhenToComeBack());
            int uploaded = endings.getOrDefault("upload 200", 0);
            ThreeGateways.until(() -> used(gateways) == uploaded);
        }
    }

    private static List<Sent> overload(ThreeGateways gateways, double capacityPerSecond) throws InterruptedException {
        Random random = new Random(6);
        List<Sent> all = new ArrayList<>();
        long begin = System.nanoTime();
        long end = begin + RUN.toNanos();
        while (System.nanoTime() < end) {
            // Who stood still for a while sends what is missing: the load does not depend on the answers.
            double due = (System.nanoTime() - begin) / 1e9 * OVERLOAD * capacityPerSecond;
            while (all.size() < due) {
                all.add(send(gateways, all.size(), random.nextDouble() < PLAYBACK_SHARE / OVERLOAD));
            }
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        }
        return all;
    }

    private static Sent send(ThreeGateways gateways, int number, boolean playback) {
        int port = gateways.nodes().get(number % 3).port();
        String key = "fleet-user-" + number % USERS;
        HttpRequest.Builder request = playback
                ? ThreeGateways.request(port, number % 2 == 0 ? "/play/a.m3u8" : "/play/a.ts", key)
                : ThreeGateways.request(port, "/files/a", key).POST(HttpRequest.BodyPublishers.ofString("bytes"));
        return new Sent(playback, gateways.send(request).handle(Ending::of));
    }

    private static long used(ThreeGateways gateways) throws Exception {
        long used = 0;
        for (int i = 0; i < USERS; i++) {
            used += BUDGET - gateways.remaining("budget", "fleet-user-" + i);
        }
        return used;
    }
}
