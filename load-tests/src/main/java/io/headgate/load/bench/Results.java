package io.headgate.load.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What every contender reached in every round. Not thread-safe. */
final class Results {

    /**
     * One contender in one round.
     *
     * @param requestsPerSecond what it reached
     * @param p50Micros half of its answers took at most so long
     * @param p99Micros 99 of 100 answers took at most so long
     * @param scriptsPerRequest Redis scripts per answer
     * @param processorMicrosPerRequest processor time of the contender itself per answer
     */
    record Round(
            double requestsPerSecond,
            long p50Micros,
            long p99Micros,
            double scriptsPerRequest,
            double processorMicrosPerRequest) {}

    /**
     * A contender's figure as a multiple of another's, round by round.
     *
     * @param median the middle one
     * @param lowest of all rounds
     * @param highest of all rounds
     */
    record Ratio(double median, double lowest, double highest) {}

    private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

    void add(String contender, Round round) {
        rounds.computeIfAbsent(contender, name -> new ArrayList<>()).add(round);
    }

    Map<String, List<Round>> rounds() {
        return rounds;
    }

    /** Both contenders of a round ran within seconds of each other, so what disturbs the machine disturbs both. */
    Ratio ratio(String contender, String base, ToDoubleFunction<Round> figure) {
        List<Round> ours = rounds(contender);
        List<Round> theirs = rounds(base);
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(theirs.get(i));
        }
        Arrays.sort(ratios);
        return new Ratio(median(ratios), ratios[0], ratios[ratios.length - 1]);
    }

    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-18s %12s %10s %10s %16s %15s%n",
                "",
                "requests/s",
                "p50 ms",
                "p99 ms",
                "scripts/request",
                "cpu µs/request"));
        for (String contender : rounds.keySet()) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-18s %12.0f %10.2f %10.2f %16.2f %15.1f%n",
                    contender,
                    median(contender, Round::requestsPerSecond),
                    median(contender, Round::p50Micros) / 1_000,
                    median(contender, Round::p99Micros) / 1_000,
                    median(contender, Round::scriptsPerRequest),
                    median(contender, Round::processorMicrosPerRequest)));
        }
        return table.toString();
    }

    private double median(String contender, ToDoubleFunction<Round> figure) {
        return median(rounds(contender).stream().mapToDouble(figure).sorted().toArray());
    }

    private List<Round> rounds(String contender) {
        List<Round> measured = rounds.get(contender);
        if (measured == null) {
            throw new IllegalArgumentException("contender: " + contender + " (expected: " + rounds.keySet() + ")");
        }
        return measured;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
