package io.headgate.load.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What stands in front of several gateways: takes TCP connections to the gateways in turn, and new ones only to those that
 * were ready when it last asked. Knows nothing of HTTP, like a service of Kubernetes.
 */
final class Balancer implements AutoCloseable {

    private static final long BETWEEN_CHECKS_MILLIS = 200;

    private final List<GatewayNode> gateways;
    private final ServerSocket server;
    private final Set<GatewayNode> ready = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<GatewayNode, LongAdder> carried = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService checks = Executors.newScheduledThreadPool(3);

    Balancer(List<GatewayNode> gateways) throws IOException {
        this.gateways = gateways;
        this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        ready.addAll(gateways);
        for (GatewayNode gateway : gateways) {
            var unused = checks.scheduleWithFixedDelay(
                    () -> check(gateway), 0, BETWEEN_CHECKS_MILLIS, TimeUnit.MILLISECONDS);
        }
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    String uri() {
        return "http://127.0.0.1:" + port();
    }

    /** The gateway through which most bytes have passed since this was last asked. */
    GatewayNode busiest() {
        Map<GatewayNode, Long> bytes =
                gateways.stream().collect(Collectors.toMap(gateway -> gateway, this::carriedSince));
        return Collections.max(gateways, Comparator.comparing(bytes::get));
    }

    private long carriedSince(GatewayNode gateway) {
        return carried.computeIfAbsent(gateway, first -> new LongAdder()).sumThenReset();
    }

    private void check(GatewayNode gateway) {
        if (gateway.isReady()) {
            ready.add(gateway);
        } else {
            ready.remove(gateway);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> connect(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) {
        for (int i = 0; i < gateways.size(); i++) {
            GatewayNode gateway = gateways.get(Math.floorMod(turn.getAndIncrement(), gateways.size()));
            if (!ready.contains(gateway)) {
                continue;
            }
            Socket backend = new Socket();
            try {
                backend.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()), 2_000);
                client.setTcpNoDelay(true);
                backend.setTcpNoDelay(true);
                open.add(client);
                open.add(backend);
                threads.execute(() -> carry(client, backend, gateway));
                threads.execute(() -> carry(backend, client, gateway));
                return;
            } catch (IOException e) {
                hangUp(backend);
            }
        }
        hangUp(client);
    }

    /** One direction, until either side ends; half-closed connections are not needed. */
    private void carry(Socket from, Socket to, GatewayNode gateway) {
        byte[] buffer = new byte[16 << 10];
        LongAdder counted = carried.computeIfAbsent(gateway, first -> new LongAdder());
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read = in.read(buffer);
            while (read >= 0) {
                out.write(buffer, 0, read);
                counted.add(read);
                read = in.read(buffer);
            }
        } catch (IOException e) {
            // The other side ends with it.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        checks.shutdownNow();
        open.forEach(Balancer::hangUp);
        threads.shutdownNow();
    }
}
