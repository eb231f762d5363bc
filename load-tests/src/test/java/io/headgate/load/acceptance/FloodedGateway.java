package io.headgate.load.acceptance;

import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import io.headgate.load.bench.BenchRedis;
import io.headgate.load.bench.TokenIssuer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A gateway in a process of its own on a Redis of its own, with an issuer of tokens whose visitors are counted. */
final class FloodedGateway implements AutoCloseable {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    /** Where sockets take it from, one for all: the backend has nothing to keep for those who do not read it. */
    private static final ByteBuf PIECE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(64 << 10).writeZero(64 << 10).asReadOnly());

    private static final Duration START = Duration.ofSeconds(200);

    private final HttpClient client = HttpClient.newHttpClient();
    private final TokenIssuer issuer = TokenIssuer.start();
    private final DisposableServer backend;
    private final BenchRedis redis;
    private final ChildProcess process;
    private final int port = Ports.anyFree();
    private final int managementPort = Ports.anyFree();

    private FloodedGateway(Path folder) throws IOException {
        backend = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.uri().endsWith("/endless")
                        ? response.send(
                                Mono.fromSupplier(PIECE::retainedDuplicate).repeat())
                        : request.receive()
                                .then(response.sendString(Mono.just("ok")).then()))
                .bindNow();
        redis = BenchRedis.start(Ports.anyFree());
        List<String> arguments = new ArrayList<>(List.of(
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-jar",
                HOME.resolve("gateway-app/target/gateway-app.jar").toString(),
                "--server.port=" + port,
                "--management.server.port=" + managementPort,
                "--headgate.policy=" + HOME.resolve("load-tests/src/test/resources/acceptance/floods.yaml"),
                "--headgate.store.type=redis",
                "--headgate.store.redis.address=" + redis.address(),
                "--headgate.auth.api-keys=" + Files.writeString(folder.resolve("keys.yaml"), "keys: []\n"),
                "--headgate.backends.feed.uri=http://127.0.0.1:" + backend.port(),
                "--headgate.backends.upload.uri=http://127.0.0.1:" + backend.port(),
                "--headgate.drain.notice=0s"));
        arguments.addAll(issuer.settings());
        process = ChildProcess.start("the gateway", folder.resolve("gateway.log"), ChildProcess.java(arguments));
    }

    static FloodedGateway start(Path folder) throws Exception {
        FloodedGateway gateway = new FloodedGateway(folder);
        try {
            gateway.process.awaitOk(gateway.management("/actuator/health/readiness"), START);
            return gateway;
        } catch (Exception e) {
            gateway.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    int backendPort() {
        return backend.port();
    }

    TokenIssuer issuer() {
        return issuer;
    }

    /** Counters that the store holds: all of its keys but those by which gateways know each other. */
    long counters() {
        return redis.keys("hg:*") - redis.keys("hg:nodes*");
    }

    /** Memory of the process that is not on disk, in MiB. */
    long residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1_024;
    }

    /** Sum of all time series of a meter. */
    double metric(String name) throws IOException, InterruptedException {
        return Meters.sum(client, management("/actuator/prometheus"), name);
    }

    private URI management(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    @Override
    public void close() throws IOException {
        process.close();
        redis.close();
        issuer.close();
        backend.disposeNow(Duration.ofSeconds(1));
    }
}
