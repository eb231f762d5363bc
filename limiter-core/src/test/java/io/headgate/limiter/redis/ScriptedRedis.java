package io.headgate.limiter.redis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Says what a Redis says in trouble that a real one cannot be brought into at will, and counts how often it was asked to
 * run a script.
 */
final class ScriptedRedis implements AutoCloseable {

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger scripts = new AtomicInteger();
    private volatile @Nullable String reply = "$-1";

    ScriptedRedis() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What every script is answered with, such as {@code -LOADING …}; null closes the connection instead. */
    void answer(@Nullable String line) {
        reply = line;
    }

    /** Begins to count anew: the client has looked with a script of its own whether this is a cluster. */
    void forget() {
        scripts.set(0);
    }

    /** How many scripts have come in. */
    int scripts() {
        return scripts.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection;
                InputStream in = new BufferedInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream()) {
            List<String> command = command(in);
            while (!command.isEmpty()) {
                String answer = answerTo(command.get(0).toUpperCase(Locale.ROOT));
                if (answer == null) {
                    return;
                }
                out.write((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                command = command(in);
            }
        } catch (IOException closed) {
            // Whoever was connected is not any more.
        }
    }

    private @Nullable String answerTo(String command) {
        if (Set.of("EVAL", "EVALSHA").contains(command)) {
            scripts.incrementAndGet();
            return reply;
        }
        return command.equals("PING") ? "+PONG" : "+OK";
    }

    private static List<String> command(InputStream in) throws IOException {
        String header = line(in);
        List<String> words = new ArrayList<>();
        for (int i = header.isEmpty() ? 0 : Integer.parseInt(header.substring(1)); i > 0; i--) {
            int length = Integer.parseInt(line(in).substring(1));
            words.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            line(in);
        }
        return words;
    }

    /** Empty at the end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
