package io.headgate.load.bench.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What every contender reached in every round. Not thread-safe. */
final class StoreResults {

    /** What is divided by what, and what must be reached. */
    private static final List<Comparison> COMPARISONS = List.of(
            new Comparison("headgate-redis-4", "bucket4j-redisson-4", 10),
            new Comparison("headgate-redis-hot", "bucket4j-redisson-hot", 50),
            new Comparison("headgate-redis-1", "redisson-limiter-1", 4),
            new Comparison("headgate-redis-4", StoreBench.REDIS_BENCHMARK, 1),
            new Comparison("headgate-hazelcast-4", "bucket4j-hazelcast-4", 3));

    private record Comparison(String contender, String base, double mustReach) {}

    /**
     * One contender in one round.
     *
     * @param perSecond decisions
     * @param scriptsPerDecision that Redis ran
     * @param redisMicros processor time of Redis per decision
     * @param ownMicros processor time of this process per decision
     * @param bytesPerKey that Redis says a counter takes
     */
    record Round(
            double perSecond, double scriptsPerDecision, double redisMicros, double ownMicros, double bytesPerKey) {}

    private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

    void add(String contender, Round round) {
        rounds.computeIfAbsent(contender, name -> new ArrayList<>()).add(round);
    }

    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-22s %12s %17s %17s %17s %10s%n",
                "",
                "decisions/s",
                "scripts/decision",
                "Redis µs/decision",
                "own µs/decision",
                "bytes/key"));
        rounds.forEach((name, measured) -> table.append(String.format(
                Locale.ROOT,
                "%-22s %12.0f %17.4f %17.1f %17.1f %10.0f%n",
                name,
                median(measured, Round::perSecond),
                median(measured, Round::scriptsPerDecision),
                median(measured, Round::redisMicros),
                median(measured, Round::ownMicros),
                median(measured, Round::bytesPerKey))));
        return table.toString();
    }

    /** Both contenders of a round ran within seconds of each other, so what disturbs the machine disturbs both. */
    String ratios() {
        StringBuilder ratios = new StringBuilder();
        for (Comparison each : COMPARISONS) {
            List<Round> ours = rounds.getOrDefault(each.contender, List.of());
            List<Round> theirs = rounds.getOrDefault(each.base, List.of());
            double[] all = new double[Math.min(ours.size(), theirs.size())];
            if (all.length == 0) {
                continue;
            }
            for (int i = 0; i < all.length; i++) {
                all[i] = ours.get(i).perSecond() / theirs.get(i).perSecond();
            }
            Arrays.sort(all);
            ratios.append(String.format(
                    Locale.ROOT,
                    "%s / %s: %.1f (%.1f to %.1f), must reach %.0f%n",
                    each.contender,
                    each.base,
                    median(all),
                    all[0],
                    all[all.length - 1],
                    each.mustReach));
        }
        return ratios.toString();
    }

    private static double median(List<Round> measured, ToDoubleFunction<Round> figure) {
        return median(measured.stream().mapToDouble(figure).sorted().toArray());
    }

    private static double median(double... sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
