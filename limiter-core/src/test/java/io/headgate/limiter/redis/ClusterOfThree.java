package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import redis.embedded.RedisServer;

/** Three real masters that share the slots of a cluster evenly. */
final class ClusterOfThree implements AutoCloseable {

    static final int MASTERS = 3;

    private static final int SLOTS = 16_384;
    /** Nobody is declared dead for being slow on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final List<Integer> ports = new ArrayList<>();
    private final List<RedisServer> servers = new ArrayList<>();

    private ClusterOfThree(Path folder) {
        this.folder = folder;
    }

    static ClusterOfThree start() throws IOException {
        ClusterOfThree cluster = new ClusterOfThree(Files.createTempDirectory("redis-cluster"));
        for (int i = 0; i < MASTERS; i++) {
            cluster.ports.add(freePort());
            cluster.servers.add(cluster.server(i));
            cluster.startMaster(i);
        }
        for (int i = 0; i < MASTERS; i++) {
            cluster.join(i);
        }
        cluster.awaitWhole();
        return cluster;
    }

    private RedisServer server(int i) throws IOException {
        return RedisServer.newRedisServer()
                .port(port(i))
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("cluster-enabled yes")
                .setting("cluster-config-file " + folder.resolve("nodes-" + i + ".conf"))
                .setting("cluster-node-timeout " + PATIENCE.toMillis())
                .setting("cluster-require-full-coverage no")
                .build();
    }

    /** Gives a master its slots and lets it meet the first. */
    private void join(int i) {
        List<String> addSlots = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        IntStream.range(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS)
                .mapToObj(Integer::toString)
                .forEach(addSlots::add);
        try (RespConnection master = new RespConnection(port(i))) {
            master.command(addSlots.toArray(String[]::new));
            if (i > 0) {
                master.command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(port(0)));
            }
        }
    }

    List<String> addresses() {
        return ports.stream().map(port -> "redis://127.0.0.1:" + port).toList();
    }

    int port(int master) {
        return ports.get(master);
    }

    /** Who was given the slot of a key. */
    int masterOf(String key) {
        int slot = Integer.parseInt(RespConnection.command(port(0), "CLUSTER", "KEYSLOT", key));
        return IntStream.range(0, MASTERS)
                .filter(i -> slot < SLOTS * (i + 1) / MASTERS)
                .findFirst()
                .orElseThrow();
    }

    void startMaster(int i) throws IOException {
        servers.get(i).start();
    }

    void stopMaster(int i) throws IOException {
        servers.get(i).stop();
    }

    /** Begins to move the slot of a counter. */
    SlotMove move(Charge counter, int source, int target) {
        return new SlotMove(counter, port(source), port(target));
    }

    /** Waits until every master sees all three and serves. */
    void awaitWhole() {
        for (int port : ports) {
            await(() -> {
                String info = RespConnection.command(port, "CLUSTER", "INFO");
                return info.contains("cluster_state:ok")
                        && info.contains("cluster_slots_ok:" + SLOTS)
                        && info.contains("cluster_size:" + MASTERS);
            });
        }
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + PATIENCE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Below the ports that connections are given, and with room for the port of the cluster's own bus. */
    static int freePort() {
        Random random = new Random();
        int port;
        do {
            port = 12_000 + random.nextInt(10_000);
        } while (!isFree(port) || !isFree(port + 10_000));
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            for (RedisServer server : servers) {
                server.stop();
            }
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }
            });
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
