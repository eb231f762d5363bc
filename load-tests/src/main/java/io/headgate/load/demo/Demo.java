package io.headgate.load.demo;

import io.headgate.load.ChildProcess;
import io.headgate.load.PortTaken;
import io.headgate.load.Ports;
import io.headgate.load.backend.BackendOptions;
import io.headgate.load.backend.SampleBackends;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Runs the sample backends, and one gateway in front of them as a process of its own, until told to stop. */
public final class Demo {

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final DemoOptions options;

    /** What runs, the latest first: the order in which it is stopped. */
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private boolean stopping;

    private Demo(DemoOptions options) {
        this.options = options;
    }

    /** Ends with exit code 1 when something failed; told to stop by a signal, it ends as processes do then. */
    public static void main(String... args) throws InterruptedException {
        Demo demo;
        try {
            demo = new Demo(DemoOptions.parse(Path.of(System.getProperty("headgate.home", ".")), List.of(args)));
        } catch (IllegalArgumentException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(2);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(demo::stop));
        try {
            demo.run();
        } catch (PortTaken | ChildProcess.Failed | IOException e) {
            demo.complain(String.valueOf(e.getMessage()));
        }
        System.exit(1);
    }

    private void run() throws PortTaken, ChildProcess.Failed, IOException, InterruptedException {
        Ports.requireFree("0.0.0.0", options.port(), "the gateway", "choose another with --server.port=<port>");
        Ports.requireFree(
                "127.0.0.1",
                options.managementPort(),
                "the gateway's management",
                "choose another with --management.server.port=<port>");
        System.out.println("Starting the sample backends and the gateway ...");
        SampleBackends backends = keep(SampleBackends.start(options.backends()));
        ChildProcess gateway = keep(
                ChildProcess.start("the gateway", options.gatewayLog(), ChildProcess.java(gatewayArguments(backends))));
        gateway.awaitOk(
                URI.create("http://127.0.0.1:" + options.managementPort() + "/actuator/health/readiness"),
                READY_WITHIN);
        System.out.print(Guide.text(options, options.policies().resolve("public-api.yaml")));

        int exitCode = gateway.exit().join();
        complain("the gateway ended with exit code " + exitCode + "; its log is " + options.gatewayLog());
    }

    private List<String> gatewayArguments(SampleBackends backends) throws IOException {
        BackendOptions where = options.backends();
        return List.of(
                // Ready sooner: nobody runs a demo for long enough to need the second compiler.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-jar",
                options.gatewayJar().toString(),
                "--server.port=" + options.port(),
                "--management.server.port=" + options.managementPort(),
                // Ctrl-C should not wait for anybody.
                "--headgate.drain.notice=0s",
                "--spring.lifecycle.timeout-per-shutdown-phase=1s",
                "--headgate.policy=" + options.policies(),
                "--headgate.auth.api-keys=" + options.apiKeys(),
                "--headgate.store.type=hazelcast",
                // A member that stays alone: nobody has to know its port.
                "--headgate.store.hazelcast.port=" + Ports.anyFree(),
                "--headgate.backends.upload.uri=http://" + where.host() + ":" + backends.uploadPort(),
                "--headgate.backends.feed.uri=http://" + where.host() + ":" + backends.feedPort(),
                "--headgate.backends.playback.uri=http://" + where.host() + ":" + backends.playbackPort());
    }

    private synchronized <T extends AutoCloseable> T keep(T part) throws IOException {
        running.push(part);
        if (stopping) {
            closeAll();
            throw new IOException("told to stop");
        }
        return part;
    }

    private synchronized void stop() {
        stopping = true;
        closeAll();
    }

    private void closeAll() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                System.err.println("demo: while stopping: " + e.getMessage());
            }
        }
    }

    /** Says what went wrong, unless everything is being stopped anyway. */
    private synchronized void complain(String message) {
        if (!stopping) {
            System.err.println("demo: " + message);
        }
    }
}
