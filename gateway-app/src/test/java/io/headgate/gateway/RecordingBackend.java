package io.headgate.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A backend that writes down every byte it gets, and answers a request when it is there to its end. */
final class RecordingBackend implements AutoCloseable {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "recording-backend");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

    /** One request, or what came of it. */
    static final class Arrival {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean whole;
        private boolean over;

        private synchronized void add(int b) {
            bytes.write(b);
        }

        private synchronized void end(boolean reached) {
            whole = reached;
            over = true;
            notifyAll();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        /** Whether it came to its end; waits until it has, or the connection is gone. */
        synchronized boolean isWhole() throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!over) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("neither whole nor broken off: " + text());
                }
                wait(left);
            }
            return whole;
        }
    }

    private RecordingBackend() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    static RecordingBackend start() throws IOException {
        return new RecordingBackend();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** What has arrived since it was asked last. */
    List<Arrival> arrivals() {
        List<Arrival> seen = List.copyOf(arrivals);
        arrivals.removeAll(seen);
        return seen;
    }

    /** What has arrived with {@code mark} in its bytes so far, whether it was asked for before or not. */
    List<Arrival> arrivalsWith(String mark) {
        return arrivals.stream()
                .filter(arrival -> arrival.text().contains(mark))
                .toList();
    }

    /** The first arrival with {@code mark} in its bytes, as soon as it is there. */
    Arrival arrivalWith(String mark) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (arrivalsWith(mark).isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("nothing with " + mark + " arrived at the backend");
            }
            Thread.sleep(5);
        }
        return arrivalsWith(mark).get(0);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            int first = in.read();
            while (first >= 0) {
                Arrival arrival = new Arrival();
                arrival.add(first);
                arrivals.add(arrival);
                boolean whole = false;
                try {
                    whole = receive(in, arrival);
                } finally {
                    arrival.end(whole);
                }
                if (!whole) {
                    return;
                }
                socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
                first = in.read();
            }
        } catch (IOException e) {
            // The gateway hung up: what came until then is written down.
        }
    }

    private static boolean receive(InputStream in, Arrival arrival) throws IOException {
        if (!until("\r\n\r\n", in, arrival)) {
            return false;
        }
        String head = arrival.text().toLowerCase(Locale.ROOT);
        int length = head.indexOf("\r\ncontent-length: ");
        if (length >= 0) {
            int from = length + "\r\ncontent-length: ".length();
            return bytes(Integer.parseInt(head.substring(from, head.indexOf('\r', from))), in, arrival);
        }
        return !head.contains("\r\ntransfer-encoding: chunked") || until("\r\n0\r\n\r\n", in, arrival);
    }

    private static boolean until(String end, InputStream in, Arrival arrival) throws IOException {
        while (!arrival.text().endsWith(end)) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            arrival.add(b);
        }
        return true;
    }

    private static boolean bytes(int count, InputStream in, Arrival arrival) throws IOException {
        for (int i = 0; i < count; i++) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            arrival.add(b);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
