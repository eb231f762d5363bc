package io.headgate.load.bench;

import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import io.headgate.load.bench.stock.StockGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Everything that takes part in a bench of gateways, each in a process of its own: Redis, a backend, the gateways. */
final class Contest implements AutoCloseable {

    /** Decisions that wait for Redis leave together, at most so many. */
    private static final int DECISIONS_PER_SCRIPT = 128;

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final BenchOptions options;
    private final Path folder;
    private final String probe;
    private final int backend = Ports.anyFree();
    private final Credentials credentials;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final List<Contender> contenders = new ArrayList<>();
    private final BenchRedis redis;

    private Contest(BenchOptions options) throws IOException {
        this.options = options;
        folder = Files.createDirectories(options.folder());
        probe = options.lineup().paths().get(0);
        credentials = Credentials.of(options.users(), folder);
        running.push(credentials);
        redis = BenchRedis.start(Ports.anyFree());
        running.push(redis);
    }

    static Contest start(BenchOptions options) throws IOException, InterruptedException, ChildProcess.Failed {
        Contest contest = new Contest(options);
        try {
            contest.launch(
                    "backend",
                    Contender.onClassPath(
                            Contender.JVM_OPTIONS, HelloBackend.class.getName(), Integer.toString(contest.backend)),
                    contest.backend,
                    "/");
            options.lineup().enter(contest);
            return contest;
        } catch (IOException | InterruptedException | ChildProcess.Failed | RuntimeException e) {
            contest.close();
            throw e;
        }
    }

    List<Contender> contenders() {
        return contenders;
    }

    BenchRedis redis() {
        return redis;
    }

    /** What the callers may say who they are by. */
    Credentials credentials() {
        return credentials;
    }

    /**
     * Starts this gateway.
     *
     * @param policy text of its policy
     * @param limits whether that has limits
     */
    void headgate(String name, String policy, boolean limits)
            throws IOException, InterruptedException, ChildProcess.Failed {
        headgate(name, policy, limits, credentials.apiKeys(), credentials.apiKeySettings());
    }

    /**
     * Starts this gateway.
     *
     * @param callers header fields by which its callers say who they are
     * @param settings by which it knows them
     */
    void headgate(String name, String policy, boolean limits, List<String> callers, List<String> settings)
            throws IOException, InterruptedException, ChildProcess.Failed {
        int port = Ports.anyFree();
        String uri = "http://127.0.0.1:" + backend;
        List<String> arguments = new ArrayList<>(Contender.JVM_OPTIONS);
        arguments.addAll(List.of(
                "-jar",
                options.home().resolve("gateway-app/target/gateway-app.jar").toString(),
                "--server.port=" + port,
                "--management.server.port=" + Ports.anyFree(),
                "--headgate.policy=" + Files.writeString(folder.resolve(name + ".yaml"), policy),
                "--headgate.store.type=redis",
                "--headgate.store.redis.address=" + redis.address(),
                "--headgate.backends.upload.uri=" + uri,
                "--headgate.backends.feed.uri=" + uri,
                "--headgate.backends.playback.uri=" + uri));
        arguments.addAll(settings);
        ChildProcess process = launch(name, arguments, port, probe);
        contenders.add(new Contender(
                name,
                process,
                port,
                callers,
                limits ? "X-RateLimit-Remaining" : "",
                limits ? 1.0 / DECISIONS_PER_SCRIPT : 0));
    }

    /** Starts the stock gateway, with four of its limiters or with none. */
    void stock(String name, boolean limits) throws IOException, InterruptedException, ChildProcess.Failed {
        int port = Ports.anyFree();
        ChildProcess process = launch(
                name,
                Contender.onClassPath(
                        Contender.JVM_OPTIONS,
                        StockGateway.class.getName(),
                        "--server.port=" + port,
                        "--spring.data.redis.url=" + redis.address(),
                        "--stock.backend=http://127.0.0.1:" + backend,
                        "--stock.limits=" + limits),
                port,
                probe);
        contenders.add(new Contender(
                name, process, port, credentials.apiKeys(), limits ? "X-RateLimit-Remaining" : "", limits ? 4 : 0));
    }

    private ChildProcess launch(String name, List<String> arguments, int port, String path)
            throws IOException, InterruptedException, ChildProcess.Failed {
        ChildProcess child = ChildProcess.start(name, folder.resolve(name + ".log"), ChildProcess.java(arguments));
        running.push(child);
        child.awaitOk(URI.create("http://127.0.0.1:" + port + path), READY_WITHIN);
        return child;
    }

    /** A policy that comes with the bench. */
    static String unpacked(String resource) throws IOException {
        try (InputStream stream = Contest.class.getResourceAsStream("/bench/" + resource)) {
            if (stream == null) {
                throw new IOException(resource + ": not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                System.err.println("bench: while stopping: " + e.getMessage());
            }
        }
    }
}
