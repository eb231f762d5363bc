package io.headgate.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Bytes over a socket, for what no HTTP client would send. */
final class RawHttp {

    private RawHttp() {}

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        return socket;
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** These lines, and an empty one. */
    static String request(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** Sends these lines, and an empty one, and reads until the gateway closes the connection. */
    static String send(int port, String... lines) throws IOException {
        try (Socket socket = connect(port)) {
            write(socket, request(lines));
            return readToEnd(socket);
        }
    }

    /** All that comes until the gateway hangs up. Whoever closes with bytes unread resets: what it said before counts. */
    static String readToEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            int read = in.read(buffer);
            while (read >= 0) {
                answer.write(buffer, 0, read);
                read = in.read(buffer);
            }
        } catch (SocketException reset) {
            // The end too.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** The answer to a GET of this very target. */
    static String get(int port, String target) throws IOException {
        return send(port, "GET " + target + " HTTP/1.1", "Host: localhost", "Connection: close");
    }
}
