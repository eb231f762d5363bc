package io.headgate.load.bench;

/** Counts of latencies in steps of ten microseconds, up to a second. Not thread-safe. */
final class Latencies {

    private static final int STEP_MICROS = 10;

    private final long[] counts = new long[100_000];
    private long total;

    void add(long micros) {
        counts[(int) Math.min(micros / STEP_MICROS, counts.length - 1)]++;
        total++;
    }

    long count() {
        return total;
    }

    /** Smallest latency, rounded up to a step, that at least {@code percent} of 100 latencies did not exceed. */
    long percentileMicros(int percent) {
        long wanted = (total * percent + 99) / 100;
        long seen = 0;
        int step = 0;
        while (step < counts.length - 1 && (seen += counts[step]) < wanted) {
            step++;
        }
        return (step + 1L) * STEP_MICROS;
    }
}
