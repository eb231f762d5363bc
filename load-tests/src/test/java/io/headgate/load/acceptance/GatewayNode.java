package io.headgate.load.acceptance;

import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One gateway, a process of its own that may be killed, sent away and started again on the same ports. */
final class GatewayNode implements AutoCloseable {

    private static final Path JAR =
            Path.of("../gateway-app/target/gateway-app.jar").toAbsolutePath().normalize();
    private static final Duration START = Duration.ofSeconds(200);

    /** A gateway that stops is given its notice, its grace, and time on a busy machine. */
    private static final Duration STOP = Duration.ofSeconds(60);

    private final String name;
    private final Path folder;
    private final List<String> options;
    private final int port;
    private final int managementPort;
    private final HttpClient client = HttpClient.newHttpClient();
    private ChildProcess process;
    private int starts;

    private GatewayNode(String name, Path folder, List<String> options) throws IOException {
        this.name = name;
        this.folder = folder;
        this.options = List.copyOf(options);
        this.port = Ports.anyFree();
        this.managementPort = Ports.anyFree();
        this.process = launch();
    }

    /** Starts a gateway and does not wait for it. */
    static GatewayNode start(String name, Path folder, List<String> options) throws IOException {
        return new GatewayNode(name, folder, options);
    }

    private ChildProcess launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx320m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.net.preferIPv4Stack=true",
                "-jar",
                JAR.toString(),
                "--server.port=" + port,
                "--management.server.port=" + managementPort));
        command.addAll(options);
        return ChildProcess.start(name, folder.resolve(name + "-" + starts++ + ".log"), ChildProcess.java(command));
    }

    void awaitReady() throws Exception {
        process.awaitOk(management("/actuator/health/readiness"), START);
    }

    /** Without its knowing, like a node whose power fails. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Asks it to leave, and does not wait. */
    void terminate() {
        process.terminate();
    }

    /** Waits until it has left by itself. */
    void awaitGone() throws Exception {
        process.exit().get(STOP.toSeconds(), TimeUnit.SECONDS);
    }

    /** Starts it again after it has gone. */
    void startAgain() throws IOException {
        process = launch();
    }

    int port() {
        return port;
    }

    URI management(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    /** Whether a balancer may send it new connections. */
    boolean isReady() {
        try {
            return client.send(
                                    HttpRequest.newBuilder(management("/actuator/health/readiness"))
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sum of the time series of a meter that have these tags, each written as in {@code name="feed"}. */
    double metric(String name, String... tags) throws IOException, InterruptedException {
        return Meters.sum(client, management("/actuator/prometheus"), name, tags);
    }

    @Override
    public void close() {
        process.close();
    }
}
