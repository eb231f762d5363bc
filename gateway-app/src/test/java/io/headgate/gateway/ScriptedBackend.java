package io.headgate.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend of raw sockets that answers as it is told, well or not. */
final class ScriptedBackend implements AutoCloseable {

    /** What it does about a request. */
    interface Script {

        /** Answers the request with this head; the connection is closed if the answer is not {@link Ending#OPEN}. */
        Ending answer(String head, Socket connection) throws IOException;
    }

    /** What becomes of a connection after an answer. */
    enum Ending {
        OPEN,
        CLOSED,
        RESET
    }

    /**
     * A request that came.
     *
     * @param connection number of the connection it came over
     * @param line its first line
     */
    record Seen(int connection, String line) {}

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";

    private final int port;
    private volatile ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile Script script;

    private ScriptedBackend(Script script) throws IOException {
        this.script = script;
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    private ServerSocket listen(int wanted) throws IOException {
        ServerSocket listening = new ServerSocket(wanted, 500, InetAddress.getLoopbackAddress());
        threads.execute(() -> accept(listening));
        return listening;
    }

    /** Refuses connections from now on, and closes each that it has with the next request. */
    void goAway() throws IOException {
        now((head, connection) -> Ending.CLOSED);
        server.close();
    }

    /** Takes connections again. */
    void comeBack(Script other) throws IOException {
        now(other);
        server = listen(port);
    }

    static ScriptedBackend start(Script script) {
        try {
            return new ScriptedBackend(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Always the same, and the connection stays open. */
    static Script always(String answer) {
        return (head, connection) -> {
            RawHttp.write(connection, answer);
            return Ending.OPEN;
        };
    }

    /** Resets each connection instead of answering. */
    static Script resetting() {
        return (head, connection) -> Ending.RESET;
    }

    void now(Script other) {
        script = other;
        seen.clear();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** What has come since the script was set. */
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                int number = connections.incrementAndGet();
                threads.execute(() -> serve(socket, number));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Ending ending = Ending.OPEN;
            while (ending == Ending.OPEN) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                seen.add(new Seen(number, head.substring(0, head.indexOf('\r'))));
                ending = script.answer(head, socket);
            }
            socket.setSoLinger(ending == Ending.RESET, 0);
        } catch (IOException e) {
            // The gateway hung up.
        }
    }

    /** The next head; empty at the end. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
