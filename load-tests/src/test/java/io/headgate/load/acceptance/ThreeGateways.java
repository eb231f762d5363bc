package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Three gateways on one Redis, each a process of its own, and a balancer in front of them. */
final class ThreeGateways implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern REMAINING = Pattern.compile("\"name\":\"([a-z-]+)\"[^}]*\"remaining\":(\\d+)");

    private final RedisProcess redis = new RedisProcess();
    private final List<GatewayNode> nodes = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable Balancer balancer;

    /** Where their backends listen. */
    record Backends(int upload, int feed, int playback) {}

    /** Something that may fail, and that is so or not. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    private ThreeGateways() throws IOException {}

    /**
     * Starts them and waits until they are ready.
     *
     * @param policy name of a policy among the test's resources
     */
    static ThreeGateways start(Path folder, String policy, Backends backends) throws Exception {
        ThreeGateways gateways = new ThreeGateways();
        try {
            gateways.redis.start();
            gateways.startNodes(folder, policy, backends);
            return gateways;
        } catch (Exception | AssertionError e) {
            gateways.close();
            throw e;
        }
    }

    private void startNodes(Path folder, String policy, Backends backends) throws Exception {
        for (int i = 0; i < 3; i++) {
            nodes.add(GatewayNode.start(
                    "gateway-" + i,
                    folder,
                    List.of(
                            "--headgate.policy=" + resource(policy),
                            "--headgate.auth.api-keys=" + resource("api-keys.yaml"),
                            "--headgate.store.type=redis",
                            "--headgate.store.redis.address=" + redis.address(),
                            "--headgate.backends.upload.uri=http://127.0.0.1:" + backends.upload(),
                            "--headgate.backends.feed.uri=http://127.0.0.1:" + backends.feed(),
                            "--headgate.backends.playback.uri=http://127.0.0.1:" + backends.playback(),
                            "--headgate.drain.notice=2s")));
        }
        for (GatewayNode node : nodes) {
            node.awaitReady();
        }
        balancer = new Balancer(nodes);
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/acceptance").resolve(name).toAbsolutePath();
    }

    RedisProcess redis() {
        return redis;
    }

    List<GatewayNode> nodes() {
        return nodes;
    }

    Balancer balancer() {
        if (balancer == null) {
            throw new IllegalStateException("not started");
        }
        return balancer;
    }

    /** Sends one after the other away and starts it again, each once the one before is ready. */
    void restartInTurn() throws Exception {
        for (GatewayNode node : nodes) {
            restart(node);
        }
    }

    /** Sends one away, and waits until it is back and ready. */
    static void restart(GatewayNode node) throws Exception {
        node.terminate();
        node.awaitGone();
        node.startAgain();
        node.awaitReady();
    }

    /** A request to this port, of a user that the keys of these tests know. */
    static HttpRequest.Builder request(int port, String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-API-Key", key)
                .timeout(PATIENCE);
    }

    CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request through the balancer, on this thread. */
    HttpResponse<String> get(String path, String key) throws Exception {
        return get(balancer().port(), path, key);
    }

    /** Sends a request to one of them, on this thread. */
    HttpResponse<String> get(GatewayNode node, String path, String key) throws Exception {
        return get(node.port(), path, key);
    }

    private HttpResponse<String> get(int port, String path, String key) throws IOException, InterruptedException {
        return client.send(request(port, path, key).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What a user has left of a limit. */
    long remaining(String limit, String key) throws Exception {
        String body = get("/limits", key).body();
        Matcher matcher = REMAINING.matcher(body);
        while (matcher.find()) {
            if (matcher.group(1).equals(limit)) {
                return Long.parseLong(matcher.group(2));
            }
        }
        throw new AssertionError(limit + " is not in " + body);
    }

    /** Asks again and again. */
    static void until(Condition condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
            Thread.sleep(20);
        }
    }

    @Override
    public void close() throws IOException {
        if (balancer != null) {
            balancer.close();
        }
        nodes.forEach(GatewayNode::close);
        redis.close();
    }
}
