package io.headgate.load.bench.fairness;

import io.headgate.load.Arguments;
import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import io.headgate.load.bench.BenchRedis;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * What one user's upload does to another's feed. Reads a feed at a steady rate through a gateway, in windows that take turns:
 * one without an upload, one with an upload that sends as fast as the gateway takes it. Gateway, Redis and backend are
 * processes of their own.
 */
public final class FairnessBench {

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final List<String> JVM = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    private static final int WARM_UP_PER_SECOND = 1_000;

    /** What a round's first moments say is left out. */
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Path home;
    private final Path folder;
    private final int rounds;
    private final Duration window;
    private final Duration warmUp;
    private final int perSecond;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private FairnessBench(Path home, Arguments arguments) throws IOException {
        this.home = home;
        this.folder = Files.createDirectories(home.resolve("load-tests/target/bench"));
        this.rounds = arguments.number("rounds", 10, 1, 1_000);
        this.window = Duration.ofSeconds(arguments.number("seconds", 6, 1, 600));
        this.warmUp = Duration.ofSeconds(arguments.number("warm-up", 60, 1, 600));
        this.perSecond = arguments.number("rate", 200, 10, 10_000);
    }

    /** One window's worth of both. */
    private record Round(double aloneMillis, double besideMillis, double mebibytesPerSecond) {

        double ratio() {
            return besideMillis / aloneMillis;
        }
    }

    /**
     * Measures, and prints what came of it.
     *
     * @param args options
     */
    public static void main(String... args) throws InterruptedException {
        try {
            Arguments arguments = Arguments.parse(List.of(args), "rounds", "seconds", "warm-up", "rate");
            new FairnessBench(Path.of(System.getProperty("headgate.home", ".")), arguments).run();
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
        } catch (ChildProcess.Failed | IOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws ChildProcess.Failed, IOException, InterruptedException {
        Thread stop = new Thread(this::close);
        Runtime.getRuntime().addShutdownHook(stop);
        int gateway = start();
        warmUp(gateway);
        Reader reader = new Reader(gateway, perSecond);
        List<Double> alone = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        List<Round> measured = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            reader.read(SETTLE);
            List<Double> without = reader.read(window);
            Round round;
            try (Uploader uploader = Uploader.start(gateway)) {
                reader.read(SETTLE);
                uploader.mebibytes();
                List<Double> with = reader.read(window);
                round = new Round(p99(without), p99(with), uploader.mebibytes() / (double) window.toSeconds());
                beside.addAll(with);
            }
            alone.addAll(without);
            measured.add(round);
            System.out.printf(
                    Locale.ROOT,
                    "round %d of %d  p99 alone %6.2f ms, beside an upload of %3.0f MiB/s %6.2f ms%n",
                    i,
                    rounds,
                    round.aloneMillis(),
                    round.mebibytesPerSecond(),
                    round.besideMillis());
        }
        double[] ratios = measured.stream().mapToDouble(Round::ratio).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%np99 of the feed beside an upload, as a multiple of that without: %.2f over all windows (%.2f and %.2f ms);"
                        + " round by round %.2f (%.2f to %.2f)%n%d feeds/s for %d s a window, %d rounds, %d cores%n",
                p99(beside) / p99(alone),
                p99(beside),
                p99(alone),
                (ratios[(ratios.length - 1) / 2] + ratios[ratios.length / 2]) / 2,
                ratios[0],
                ratios[ratios.length - 1],
                perSecond,
                window.toSeconds(),
                rounds,
                Runtime.getRuntime().availableProcessors());
        reader.close();
        close();
        Runtime.getRuntime().removeShutdownHook(stop);
    }

    /** Reads more than is measured later, so that what is read then is compiled. */
    private void warmUp(int gateway) throws IOException, InterruptedException {
        System.out.println("warming up");
        Reader hasty = new Reader(gateway, WARM_UP_PER_SECOND);
        Uploader uploader = Uploader.start(gateway);
        hasty.read(warmUp.dividedBy(2));
        uploader.close();
        hasty.read(warmUp.dividedBy(2));
        hasty.close();
    }

    private static double p99(List<Double> millis) {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
    }

    /** Answers the port of a gateway that is ready. */
    private int start() throws ChildProcess.Failed, IOException, InterruptedException {
        BenchRedis redis = BenchRedis.start(Ports.anyFree());
        running.push(redis);
        int backend = Ports.anyFree();
        List<String> swallowing = new ArrayList<>(JVM);
        swallowing.addAll(Arrays.asList(
                "-cp",
                System.getProperty("java.class.path"),
                SwallowingBackend.class.getName(),
                Integer.toString(backend)));
        launch("backend", swallowing).awaitOk(URI.create("http://127.0.0.1:" + backend + "/"), READY_WITHIN);

        int port = Ports.anyFree();
        int management = Ports.anyFree();
        String uri = "http://127.0.0.1:" + backend;
        List<String> gateway = new ArrayList<>(JVM);
        gateway.addAll(List.of(
                "-jar",
                home.resolve("gateway-app/target/gateway-app.jar").toString(),
                "--server.port=" + port,
                "--management.server.port=" + management,
                "--headgate.policy=" + unpacked("fairness.yaml"),
                "--headgate.store.type=redis",
                "--headgate.store.redis.address=" + redis.address(),
                "--headgate.backends.upload.uri=" + uri,
                "--headgate.backends.feed.uri=" + uri,
                "--headgate.backends.playback.uri=" + uri));
        launch("gateway", gateway)
                .awaitOk(URI.create("http://127.0.0.1:" + management + "/actuator/health/readiness"), READY_WITHIN);
        return port;
    }

    private ChildProcess launch(String name, List<String> arguments) throws IOException {
        ChildProcess child =
                ChildProcess.start(name, folder.resolve("fairness-" + name + ".log"), ChildProcess.java(arguments));
        running.push(child);
        return child;
    }

    private Path unpacked(String resource) throws IOException {
        Path file = folder.resolve(resource);
        try (InputStream stream = FairnessBench.class.getResourceAsStream("/bench/" + resource)) {
            if (stream == null) {
                throw new IOException(resource + ": not on the class path");
            }
            return Files.write(file, stream.readAllBytes());
        }
    }

    private synchronized void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                System.err.println("bench: while stopping: " + e.getMessage());
            }
        }
    }
}
