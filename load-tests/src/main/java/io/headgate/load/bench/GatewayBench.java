package io.headgate.load.bench;

import io.headgate.load.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests per second, latency and processor time of gateways beside each other. All of them stand ready at once in processes
 * of their own with the same options, in front of the same backend; one at a time is loaded, in turns.
 */
public final class GatewayBench {

    /** Connections are opened and noise dies down before each measurement. */
    private static final int SETTLE_MILLIS = 500;

    private final BenchOptions options;
    private final Results results = new Results();

    private GatewayBench(BenchOptions options) {
        this.options = options;
    }

    /**
     * Ends with exit code 1 if any answer was not a 200 or any limit was not charged.
     *
     * @param args {@code gateway}, {@code policy} or {@code auth}, and options
     */
    public static void main(String... args) throws InterruptedException {
        BenchOptions options;
        try {
            Lineup lineup = Lineup.valueOf(args[0].toUpperCase(Locale.ROOT));
            Path home = Path.of(System.getProperty("headgate.home", "."));
            options = BenchOptions.parse(lineup, home, List.of(args).subList(1, args.length));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        try {
            new GatewayBench(options).run();
        } catch (Invalid | ChildProcess.Failed | IOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    /** The figures would not mean what they say. */
    private static final class Invalid extends Exception {

        private static final long serialVersionUID = 1;

        private Invalid(String message) {
            super(message);
        }
    }

    private void run() throws Invalid, ChildProcess.Failed, IOException, InterruptedException {
        System.out.println("Starting Redis, a backend and the gateways ...");
        try (Contest contest = Contest.start(options);
                GeneratorProcess generator = GeneratorProcess.start(Contender.JVM_OPTIONS)) {
            Thread stop = new Thread(contest::close);
            Runtime.getRuntime().addShutdownHook(stop);
            Machine machine = Machine.here(contest.redis().version());
            for (Contender contender : contest.contenders()) {
                System.out.println("warming up " + contender.name());
                measure(contest, generator, contender, options.warmUpSeconds());
            }
            for (int round = 1; round <= options.rounds(); round++) {
                for (Contender contender : contest.contenders()) {
                    Results.Round measured = measure(contest, generator, contender, options.seconds());
                    results.add(contender.name(), measured);
                    System.out.printf(
                            Locale.ROOT,
                            "round %d of %d  %-18s %8.0f requests/s%n",
                            round,
                            options.rounds(),
                            contender.name(),
                            measured.requestsPerSecond());
                }
            }
            report(machine);
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private Results.Round measure(Contest contest, GeneratorProcess generator, Contender contender, int seconds)
            throws IOException, Invalid {
        long scriptsBefore = contest.redis().scriptCalls();
        Duration workedBefore = contender.process().processorTime();
        Measurement seen = generator.run(new Load(
                contender.port(),
                options.lineup().paths(),
                contender.callers(),
                options.connections(),
                SETTLE_MILLIS,
                seconds * 1_000,
                contender.chargedHeader()));
        Duration worked = contender.process().processorTime().minus(workedBefore);
        long scripts = contest.redis().scriptCalls() - scriptsBefore;
        if (!seen.otherStatuses().isEmpty()) {
            throw new Invalid(contender.name() + " answered other than 200: " + seen.otherStatuses());
        }
        if (seen.uncharged() > 0) {
            throw new Invalid(contender.name() + " let " + seen.uncharged() + " requests pass without "
                    + contender.chargedHeader());
        }
        double counted = seen.micros() / (seen.micros() + SETTLE_MILLIS * 1_000.0);
        double scriptsPerRequest = scripts * counted / seen.requests();
        if (!contender.explains(scriptsPerRequest)) {
            throw new Invalid(String.format(
                    Locale.ROOT,
                    "%s made Redis run %.4f scripts per request (expected: %s)",
                    contender.name(),
                    scriptsPerRequest,
                    contender.scriptsPerRequest() == 0 ? "none" : "at least " + contender.scriptsPerRequest()));
        }
        return new Results.Round(
                seen.perSecond(),
                seen.p50Micros(),
                seen.p99Micros(),
                scriptsPerRequest,
                worked.toNanos() / 1_000.0 * counted / seen.requests());
    }

    private void report(Machine machine) throws IOException {
        Map<String, Results.Ratio> ratios = new LinkedHashMap<>();
        for (Comparison comparison : options.lineup().comparisons()) {
            ratios.put(
                    comparison.name(), results.ratio(comparison.contender(), comparison.base(), comparison.figure()));
        }
        System.out.println();
        System.out.print(results.table());
        System.out.println();
        ratios.forEach((name, ratio) -> System.out.printf(
                Locale.ROOT, "%-46s %6.3f  (%.3f to %.3f)%n", name, ratio.median(), ratio.lowest(), ratio.highest()));
        System.out.printf(
                "%n%s, %d cores, %s%n%s, Redis %s, %s%n%s%n",
                machine.processor(),
                machine.cores(),
                machine.system(),
                machine.java(),
                machine.redis(),
                machine.date(),
                options.command());

        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine);
        document.put("command", options.command());
        document.put("jvmOptions", Contender.JVM_OPTIONS);
        document.put("ratios", ratios);
        document.put("rounds", results.rounds());
        Path file = options.folder().resolve(options.lineup().word() + ".json");
        Files.write(
                file,
                JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsBytes(document));
        System.out.println("also in " + file);
    }
}
