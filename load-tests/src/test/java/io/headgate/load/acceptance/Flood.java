package io.headgate.load.acceptance;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** Requests over connections that stay open, one after the other on each, at no more than a rate. */
final class Flood {

    private final int port;
    private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
    private final List<Long> micros = new ArrayList<>();

    private Flood(int port) {
        this.port = port;
    }

    /** What came back. */
    record Answers(Map<Integer, Long> statuses, List<Long> sortedMicros) {

        long count() {
            return sortedMicros.size();
        }

        double percentileMillis(int percent) {
            int at = (int) Math.min(sortedMicros.size() - 1, count() * percent / 100);
            return sortedMicros.get(at) / 1_000.0;
        }
    }

    /**
     * Sends {@code count} requests and reads the answers.
     *
     * @param request the path and the header fields of a request by its number
     */
    static Answers of(int port, int connections, long count, double perSecond, LongFunction<String> request)
            throws InterruptedException {
        Flood flood = new Flood(port);
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            flood.send(next, count, begin, perSecond, request);
                        } catch (IOException | RuntimeException e) {
                            synchronized (failures) {
                                failures.add(e);
                            }
                        }
                    },
                    "flood");
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a connection failed", failures.get(0));
        }
        return flood.answers();
    }

    /** As many as fit into some time at this rate. */
    static Answers during(Duration time, int port, int connections, double perSecond, LongFunction<String> request)
            throws InterruptedException {
        return of(port, connections, (long) (perSecond * time.toSeconds()), perSecond, request);
    }

    private void send(AtomicLong next, long count, long begin, double perSecond, LongFunction<String> request)
            throws IOException {
        List<Long> mine = new ArrayList<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                long due = begin + (long) (number * 1e9 / perSecond);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                String text = "GET " + request.apply(number) + "\r\n\r\n";
                long sent = System.nanoTime();
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                int status = answer(in);
                mine.add((System.nanoTime() - sent) / 1_000);
                statuses.computeIfAbsent(status, any -> new LongAdder()).increment();
            }
        }
        synchronized (micros) {
            micros.addAll(mine);
        }
    }

    private static int answer(InputStream in) throws IOException {
        int status = 0;
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (status == 0) {
                status = Integer.parseInt(line.substring(9, 12));
            } else if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            } else if (line.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
                length = -1;
            }
        }
        if (length >= 0) {
            in.skipNBytes(length);
            return status;
        }
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            in.skipNBytes(size + 2L);
        }
        line(in);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("hung up on");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private Answers answers() {
        Map<Integer, Long> counted = new TreeMap<>();
        statuses.forEach((status, count) -> counted.put(status, count.sum()));
        return new Answers(counted, micros.stream().sorted().toList());
    }

    /** Connections that stay slow; each that the gateway ends is opened again. */
    static final class Slow implements AutoCloseable {

        /** Whoever reads nothing does not hear that it has been hung up on, and comes again after a while anyway. */
        private static final long DEAF_NANOS = Duration.ofSeconds(40).toNanos();

        private final int port;
        private final String[] beginnings;
        private final Socket[] sockets;
        private final long[] openedNanos;
        private final Thread thread = new Thread(this::drip, "slow");
        private volatile boolean over;

        Slow(int port, int connections, String... beginnings) throws IOException {
            this.port = port;
            this.beginnings = beginnings;
            this.sockets = new Socket[connections];
            this.openedNanos = new long[connections];
            for (int i = 0; i < connections; i++) {
                sockets[i] = open(i);
            }
            thread.start();
        }

        int connections() {
            return sockets.length;
        }

        private Socket open(int number) throws IOException {
            Socket socket = new Socket();
            // Small, so that an answer nobody reads stands still in the gateway and not here.
            socket.setReceiveBufferSize(4_096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream()
                    .write(beginnings[number % beginnings.length].getBytes(StandardCharsets.ISO_8859_1));
            openedNanos[number] = System.nanoTime();
            return socket;
        }

        /** Each once a second, one after the other: clients that are slow have not agreed upon a moment. */
        private void drip() {
            long pauseNanos = 1_000_000_000L / sockets.length;
            long due = System.nanoTime();
            for (int i = 0; !over; i = (i + 1) % sockets.length, due += pauseNanos) {
                LockSupport.parkNanos(due - System.nanoTime());
                boolean reads = beginnings[i % beginnings.length].endsWith("\r\n\r\n");
                try {
                    if (!reads) {
                        sockets[i].getOutputStream().write('x');
                    } else if (System.nanoTime() - openedNanos[i] > DEAF_NANOS) {
                        again(i);
                    }
                } catch (IOException ended) {
                    again(i);
                }
            }
        }

        private void again(int number) {
            try {
                sockets[number].close();
                sockets[number] = open(number);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
