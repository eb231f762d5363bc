package io.headgate.load.acceptance;

import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Real gateways, each a process of its own, on one store and in front of one backend. */
final class GatewayFleet implements AutoCloseable {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path JAR = HOME.resolve("gateway-app/target/gateway-app.jar");
    private static final Duration START = Duration.ofSeconds(90);

    /** Requests that each gateway answers before a test begins: the tests are about running gateways. */
    private static final int WARM_UP = 300;

    /** What the gateways share. */
    enum Store {
        REDIS,
        HAZELCAST
    }

    private final Path folder;
    private final Path policy;
    private final RedisProcess redis = new RedisProcess();
    private final DisposableServer backend;
    private final List<ChildProcess> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<Integer> managementPorts = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private GatewayFleet(Path folder) throws IOException {
        this.folder = folder;
        this.policy = folder.resolve("policy.yaml");
        this.backend = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) ->
                        response.header("Content-Type", "text/plain").sendString(Mono.just("ok")))
                .bindNow();
        Files.copy(resource("fleet.yaml"), policy);
    }

    /** Starts two gateways that find the store silent no sooner than after {@code storeTimeout}, warmed up. */
    static GatewayFleet ofTwo(Store store, String storeTimeout, Path folder) throws Exception {
        GatewayFleet fleet = new GatewayFleet(folder);
        Files.writeString(
                fleet.policy,
                Files.readString(fleet.policy).replace("store-timeout: 20ms", "store-timeout: " + storeTimeout));
        return started(fleet, store);
    }

    /** Starts two gateways, warmed up. */
    static GatewayFleet ofTwo(Store store, Path folder) throws Exception {
        return started(new GatewayFleet(folder), store);
    }

    private static GatewayFleet started(GatewayFleet fleet, Store store) throws Exception {
        try {
            fleet.start(store);
            return fleet;
        } catch (Exception e) {
            fleet.close();
            throw e;
        }
    }

    private void start(Store store) throws Exception {
        if (store == Store.REDIS) {
            redis.start();
        }
        List<Integer> memberPorts = List.of(Ports.anyFree(), Ports.anyFree());
        for (int i = 0; i < 2; i++) {
            List<String> options = new ArrayList<>(List.of(
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    JAR.toString(),
                    "--headgate.policy=" + policy,
                    "--headgate.auth.api-keys=" + resource("api-keys.yaml"),
                    "--headgate.backends.feed.uri=http://127.0.0.1:" + backend.port(),
                    "--headgate.drain.notice=0s",
                    "--server.port=" + port(ports),
                    "--management.server.port=" + port(managementPorts)));
            if (store == Store.REDIS) {
                options.add("--headgate.store.type=redis");
                options.add("--headgate.store.redis.address=" + redis.address());
            } else {
                options.add("--headgate.store.type=hazelcast");
                options.add("--headgate.store.hazelcast.port=" + memberPorts.get(i));
                options.add("--headgate.store.hazelcast.members=127.0.0.1:" + memberPorts.get(0) + ",127.0.0.1:"
                        + memberPorts.get(1));
            }
            processes.add(ChildProcess.start(
                    "gateway " + i, folder.resolve("gateway-" + i + ".log"), ChildProcess.java(options)));
        }
        for (int i = 0; i < 2; i++) {
            processes.get(i).awaitOk(management(i, "/actuator/health/readiness"), START);
        }
        for (int i = 0; i < 2; i++) {
            awaitMetric(i, "ratelimit_nodes", 2.0);
        }
        for (int i = 0; i < 2 * WARM_UP; i++) {
            get(i % 2, "/api/feed/local/warm-up", "fleet-user-6");
        }
    }

    private static int port(List<Integer> ports) throws IOException {
        int port = Ports.anyFree();
        ports.add(port);
        return port;
    }

    private static Path resource(String name) {
        return HOME.resolve("load-tests/src/test/resources/acceptance").resolve(name);
    }

    RedisProcess redis() {
        return redis;
    }

    /** The policy file that both gateways follow. */
    Path policy() {
        return policy;
    }

    /** What one gateway has logged so far. */
    String log(int gateway) throws IOException {
        return Files.readString(folder.resolve("gateway-" + gateway + ".log"));
    }

    /** Sends a request and does not wait for the answer. */
    CompletableFuture<HttpResponse<String>> send(int gateway, String path, String key, String address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + ports.get(gateway) + path))
                .header("X-Forwarded-For", address)
                .timeout(Duration.ofSeconds(60));
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(int gateway, String path, String key) {
        return send(gateway, path, key, "192.0.2.1").join();
    }

    private URI management(int gateway, String path) {
        return URI.create("http://127.0.0.1:" + managementPorts.get(gateway) + path);
    }

    String managementText(int gateway, String path) {
        try {
            return client.send(
                            HttpRequest.newBuilder(management(gateway, path)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Value of a metric that has one time series. */
    double metric(int gateway, String name) {
        try {
            return Meters.sum(client, management(gateway, "/actuator/prometheus"), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a metric has this value. */
    void awaitMetric(int gateway, String name, double value) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (metric(gateway, name) != value) {
            if (System.nanoTime() > end) {
                throw new AssertionError(name + " of gateway " + gateway + " is " + metric(gateway, name));
            }
        }
    }

    @Override
    public void close() throws IOException {
        processes.forEach(ChildProcess::close);
        backend.disposeNow();
        redis.close();
    }
}
