package io.headgate.load.acceptance;

import io.headgate.load.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends tokens that seem to be signed by a new key each, from addresses of a /16, and looks at nothing of the answers but
 * their statuses. It runs in a process of its own that has the processor while nobody else wants it: attackers are elsewhere,
 * and what sends a flood must not be what slows down the others.
 */
final class TokenFlood {

    private static final int CONNECTIONS = 32;
    private static final int LARGEST_ANSWER = 16 * 1024;

    /** Three letters a group, which base64 turns into four; so that the key's name can be changed where it stands. */
    private static final int GROUPS = 5;

    private static final String HEADER = "{\"alg\":\"ES256\",\"typ\":\"JWT\",  \"kid\":\"";
    private static final String HEADER_END = "\"} ";
    private static final String ADDRESS =
            "GET /api/feed/open/x HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.18.";

    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final ByteBuffer request;
    private final int keyAt;

    private TokenFlood(String token) {
        String header = encoded(HEADER + "key".repeat(GROUPS) + HEADER_END);
        String text = ADDRESS + "100.100\r\nAuthorization: Bearer " + header + token.substring(token.indexOf('.'))
                + "\r\n\r\n";
        keyAt = text.indexOf(header) + encoded(HEADER).length();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Floods the port for so long, and says how many answers of each status came. */
    static Map<Integer, Long> during(Duration time, int port, int perSecond, String token, Path folder)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("chrt", "--idle", "0"));
        command.addAll(ChildProcess.java(List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TokenFlood.class.getName(),
                Integer.toString(port),
                Integer.toString(perSecond),
                Long.toString(time.toSeconds()),
                token)));
        Path said = folder.resolve("flood.log");
        try (ChildProcess flood = ChildProcess.start("the flood", said, command)) {
            int exit = flood.exit().join();
            List<String> lines = Files.readAllLines(said);
            if (exit != 0) {
                throw new AssertionError("the flood broke off: " + lines);
            }
            Map<Integer, Long> statuses = new TreeMap<>();
            for (String line : lines) {
                if (line.matches("\\d{3} \\d+")) {
                    statuses.put(Integer.valueOf(line.substring(0, 3)), Long.valueOf(line.substring(4)));
                }
            }
            return statuses;
        }
    }

    /** {@code <port> <requests per second> <seconds> <token>}: prints each status and how often it came. */
    public static void main(String... args) throws IOException {
        new TokenFlood(args[3])
                .run(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                .forEach((status, count) -> System.out.println(status + " " + count));
    }

    private Map<Integer, Long> run(int port, int perSecond, int seconds) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                idle.add(new Connection(port, selector));
            }
            long all = (long) perSecond * seconds;
            long gapNanos = 1_000_000_000L / perSecond;
            long begin = System.nanoTime();
            long last = begin;
            for (long sent = 0; sent < all || idle.size() < CONNECTIONS; ) {
                long now = System.nanoTime();
                // Whoever is late catches up step by step: a flood from many places does not come in gusts.
                if (sent < all && now - begin >= sent * gapNanos && now - last >= gapNanos / 2 && !idle.isEmpty()) {
                    idle.remove().send();
                    last = now;
                    sent++;
                }
                selector.selectNow(key -> ((Connection) key.attachment()).read());
            }
        }
        return statuses;
    }

    /** One request after the other. */
    private final class Connection {

        private final SocketChannel socket;
        private final ByteBuffer answer = ByteBuffer.allocate(LARGEST_ANSWER);

        Connection(int port, Selector selector) throws IOException {
            socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_READ, this);
        }

        void send() throws IOException {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            byte[] letters = new byte[3];
            for (int group = 0; group < GROUPS; group++) {
                for (int i = 0; i < letters.length; i++) {
                    letters[i] = (byte) ('a' + random.nextInt(26));
                }
                request.put(keyAt + 4 * group, Base64.getUrlEncoder().encode(letters));
            }
            int number = random.nextInt(10_000);
            for (int place : new int[] {1, 2, 5, 6}) {
                request.put(ADDRESS.length() + place, (byte) ('0' + number % 10));
                number /= 10;
            }
            socket.write(request.clear());
        }

        void read() {
            try {
                if (socket.read(answer) < 0) {
                    throw new IOException("hung up on");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            if (head < 0) {
                return;
            }
            int status = Integer.parseInt(text.substring(9, 12));
            if (text.length() == head + 4 + length(text.substring(0, head))) {
                statuses.merge(status, 1L, Long::sum);
                answer.clear();
                idle.add(this);
            }
        }

        private static int length(String head) {
            for (String line : head.split("\r\n", -1)) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    return Integer.parseInt(line.substring(15).strip());
                }
            }
            throw new IllegalStateException("an answer without a length: " + head);
        }
    }
}
