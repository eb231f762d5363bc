package io.headgate.load.bench.store;

import io.headgate.load.Arguments;
import io.headgate.load.bench.BenchRedis;
import io.headgate.load.bench.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decisions per second of each store, and of libraries that do the same on the same Redis: one contender after the other,
 * in turns, in this process.
 */
public final class StoreBench {

    /** The script of {@code headgate-redis-4}, called by Redis' own load generator. */
    static final String REDIS_BENCHMARK = "redis-benchmark-4";

    private static final String CALL_TAKEN_FROM = "headgate-redis-4";
    private static final int REDIS_PORT = 28_379;
    private static final int FIRST_CALLS = 20_000;

    private final int rounds;
    private final Duration time;
    private final Duration warmUp;
    private final Set<String> only;
    private final StoreResults results = new StoreResults();

    private StoreBench(Arguments arguments) {
        rounds = arguments.number("rounds", 3, 1, 100);
        time = Duration.ofSeconds(arguments.number("seconds", 4, 1, 600));
        warmUp = Duration.ofSeconds(arguments.number("warm-up", 3, 0, 600));
        Set<String> known =
                StoreContender.all().stream().map(StoreContender::name).collect(Collectors.toCollection(TreeSet::new));
        known.add(REDIS_BENCHMARK);
        String names = arguments.text("only", String.join(",", known));
        only = Set.of(names.split(","));
        for (String name : only) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "--only: " + name + " (expected: some of " + String.join(",", known) + ")");
            }
        }
    }

    /** Ends with exit code 1 if any decision failed, 2 if an option is wrong. */
    public static void main(String... args) throws IOException, InterruptedException {
        StoreBench bench;
        try {
            bench = new StoreBench(Arguments.parse(Arrays.asList(args), "rounds", "seconds", "warm-up", "only"));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(bench.run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        List<StoreContender> contenders = StoreContender.all().stream()
                .filter(each -> only.contains(each.name()))
                .toList();
        boolean benchmark = only.contains(REDIS_BENCHMARK) && RedisBenchmark.installed();
        try (BenchRedis redis = BenchRedis.start(REDIS_PORT)) {
            for (int round = 1; round <= rounds; round++) {
                for (StoreContender contender : contenders) {
                    if (!measure(redis, contender, round)) {
                        return false;
                    }
                    if (benchmark
                            && contender.name().equals(CALL_TAKEN_FROM)
                            && !measureScript(redis, contender, round)) {
                        return false;
                    }
                }
            }
            System.out.printf("%n%s%n%n%s%n%s", Machine.here(redis.version()), results.table(), results.ratios());
            return true;
        }
    }

    private boolean measure(BenchRedis redis, StoreContender contender, int round) throws InterruptedException {
        redis.clear();
        try (Limiter limiter = contender.limiter().apply(redis.address())) {
            // Else a slow contender would be measured on callers whom it has never seen, and a quick one would not.
            ClosedLoop.introduce(limiter, contender.inFlight(), contender.callers());
            ClosedLoop.run(limiter, contender.inFlight(), warmUp);
            Spent before = Spent.now(redis);
            ClosedLoop.Outcome outcome = ClosedLoop.run(limiter, contender.inFlight(), time);
            if (outcome.failed() > 0) {
                System.err.println("bench: " + outcome.failed() + " decisions of " + contender.name() + " failed");
                return false;
            }
            add(contender.name(), round, Spent.now(redis).since(before, outcome, redis.bytesPerKey()));
            return true;
        }
    }

    private boolean measureScript(BenchRedis redis, StoreContender contender, int round)
            throws IOException, InterruptedException {
        redis.clear();
        try (Limiter limiter = contender.limiter().apply(redis.address())) {
            RedisBenchmark benchmark = RedisBenchmark.of(limiter, redis);
            OptionalDouble first = benchmark.run(redis.port(), Callers.COUNT, FIRST_CALLS);
            if (first.isEmpty()) {
                return false;
            }
            long calls = (long) Math.ceil(first.getAsDouble() * time.toSeconds());
            double before = redis.cpuMicros();
            OptionalDouble perSecond = benchmark.run(redis.port(), Callers.COUNT, calls);
            double micros = (redis.cpuMicros() - before) / calls;
            perSecond.ifPresent(reached ->
                    add(REDIS_BENCHMARK, round, new StoreResults.Round(reached, 1, micros, 0, redis.bytesPerKey())));
            return perSecond.isPresent();
        }
    }

    private void add(String contender, int round, StoreResults.Round measured) {
        System.out.printf(Locale.ROOT, "round %d  %-22s %10.0f decisions/s%n", round, contender, measured.perSecond());
        results.add(contender, measured);
    }
}
