package io.headgate.load.bench.store;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What Redis is asked, as it says itself. */
final class RedisMonitor implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    private RedisMonitor(Socket socket) throws IOException {
        this.socket = socket;
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    static RedisMonitor of(int port) throws IOException {
        RedisMonitor monitor = new RedisMonitor(new Socket(InetAddress.getLoopbackAddress(), port));
        monitor.socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        monitor.next("OK");
        return monitor;
    }

    /** The next line that holds a text. */
    String next(String text) throws IOException {
        String line;
        do {
            line = lines.readLine();
            if (line == null) {
                throw new IOException("Redis has closed the connection of a monitor");
            }
        } while (!line.contains(text));
        return line;
    }

    /** The quoted words of a line, unescaped. */
    static List<byte[]> words(String line) {
        List<byte[]> words = new ArrayList<>();
        int at = line.indexOf('"');
        while (at >= 0) {
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            at++;
            while (line.charAt(at) != '"') {
                if (line.charAt(at) != '\\') {
                    word.write(line.charAt(at));
                    at++;
                } else if (line.charAt(at + 1) == 'x') {
                    word.write(Integer.parseInt(line.substring(at + 2, at + 4), 16));
                    at += 4;
                } else {
                    word.write(escaped(line.charAt(at + 1)));
                    at += 2;
                }
            }
            words.add(word.toByteArray());
            at = line.indexOf('"', at + 1);
        }
        return words;
    }

    private static char escaped(char letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'a' -> '\u0007';
            case 'b' -> '\b';
            default -> letter;
        };
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
