package io.headgate.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * The part of the corpus that is frames of HTTP/2 (RFC 9113), written byte by byte, since codecs refuse to.
 *
 * @param name what is wrong with them
 * @param end how the gateway puts an end to it: the status of its answer, {@code reset} or {@code goaway}
 * @param frames what follows the preface and the client's settings
 */
record HostileFrames(String name, String end, List<byte[]> frames) {

    private HostileFrames(String name, String end, byte[] frame) {
        this(name, end, List.of(frame));
    }

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH = 5;
    private static final int GOAWAY = 7;
    private static final int WINDOW = 8;
    private static final int CONTINUATION = 9;

    private static final int END = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int WHOLE = END | END_HEADERS;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** What is sent, and read until the gateway puts an end to it. */
    String endAt(int port) throws IOException, Http2Exception {
        try (Socket socket = RawHttp.connect(port)) {
            socket.getOutputStream()
                    .write(together(
                            PREFACE.getBytes(StandardCharsets.US_ASCII),
                            frame(SETTINGS, 0, 0),
                            together(frames.toArray(byte[][]::new))));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                in.skipNBytes(1);
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == GOAWAY || type == RESET) {
                    return type == GOAWAY ? "goaway" : "reset";
                } else if (type == HEADERS) {
                    return String.valueOf(new DefaultHttp2HeadersDecoder(false)
                            .decodeHeaders(stream, Unpooled.wrappedBuffer(payload))
                            .status());
                }
            }
        } catch (EOFException | SocketException hungUp) {
            // Whoever closes with bytes unread resets, and what it said before may be lost.
            return "goaway";
        }
    }

    static List<HostileFrames> all() {
        List<HostileFrames> all = new ArrayList<>();
        all.add(new HostileFrames("control: a request", "200", request()));
        heads(all);
        fields(all);
        frames(all);
        floods(all);
        return all;
    }

    private static void heads(List<HostileFrames> all) {
        head(all, "another host", "421", "GET", "http", "/api/feed/h2", "evil.example");
        head(all, "no host", "reset", "GET", "http", "/api/feed/h2", "");
        head(all, "a host with credentials", "400", "GET", "http", "/api/feed/h2", "a@localhost");
        head(all, "a host with a path", "400", "GET", "http", "/api/feed/h2", "localhost/x");
        head(all, "a host with a line break", "reset", "GET", "http", "/api/feed/h2", "localhost\r\nx: y");
        head(all, "a host with a port beyond every port", "400", "GET", "http", "/api/feed/h2", "localhost:99999");
        head(all, "another scheme", "400", "GET", "file", "/api/feed/h2", "localhost");
        head(all, "a scheme that is none", "400", "GET", "ht tp", "/api/feed/h2", "localhost");
        head(all, "no path", "reset", "GET", "http", "", "localhost");
        head(all, "a path without a slash", "400", "GET", "http", "api/feed/h2", "localhost");
        head(all, "a URL as a path", "400", "GET", "http", "http://evil.example/api/feed/h2", "localhost");
        head(all, "a path with a line break", "reset", "GET", "http", "/api/feed/h2 HTTP/1.1\r\nx: y", "localhost");
        head(all, "a path with a NUL", "400", "GET", "http", "/api/feed/h2\0", "localhost");
        head(all, "a path with a fragment", "400", "GET", "http", "/api/feed/h2#x", "localhost");
        head(all, "a path with a backslash", "400", "GET", "http", "/api/feed\\h2", "localhost");
        head(all, "a path with a pipe", "400", "GET", "http", "/api/feed/h2|x", "localhost");
        head(all, "an encoded slash", "400", "GET", "http", "/api/feed%2fh2", "localhost");
        head(all, "a query that is no part of a URI", "400", "GET", "http", "/api/feed/h2?%zz", "localhost");
        head(all, "a method in small letters", "501", "get", "http", "/api/feed/h2", "localhost");
        head(all, "a method with a request line", "reset", "GET / HTTP/1.1\r\nx:", "http", "/api/feed/h2", "localhost");
        all.add(new HostileFrames(
                "the method CONNECT",
                "400",
                frame(HEADERS, WHOLE, 1, block(":method", "CONNECT", ":authority", "localhost:80"))));
        requestLines(all);
        trailers(all);
    }

    /** RFC 9113 §8.3.1: all of these parts, each once, before the fields, and none that is empty. */
    private static void requestLines(List<HostileFrames> all) {
        String[] line = {":method", "GET", ":scheme", "http", ":path", "/api/feed/h2", ":authority", "localhost"};
        for (int part = 0; part < 6; part += 2) {
            String[] without = new String[6];
            System.arraycopy(line, 0, without, 0, part);
            System.arraycopy(line, part + 2, without, part, 6 - part);
            add(all, "no " + line[part], "reset", frame(HEADERS, WHOLE, 1, block(without)));
            add(all, "no " + line[part] + ", a body", "reset", frame(HEADERS, END_HEADERS, 1, block(without)));
        }
        for (int part = 0; part < line.length; part += 2) {
            String[] empty = line.clone();
            empty[part + 1] = "";
            add(all, "an empty " + line[part], "reset", frame(HEADERS, WHOLE, 1, block(empty)));
            add(all, line[part] + " twice", "reset", request(line[part], line[part + 1]));
            add(all, line[part] + " in capitals", "reset", request(line[part].toUpperCase(Locale.ROOT), "x"));
            String[] late = new String[line.length + 2];
            System.arraycopy(line, 0, late, 0, part);
            late[part] = "x";
            late[part + 1] = "y";
            System.arraycopy(line, part, late, part + 2, line.length - part);
            add(all, line[part] + " behind a field", "reset", frame(HEADERS, WHOLE, 1, block(late)));
        }
        add(all, "no field at all", "reset", frame(HEADERS, WHOLE, 1));
        add(all, "no field at all, a body", "reset", frame(HEADERS, END_HEADERS, 1));
        add(all, "a status", "reset", frame(HEADERS, WHOLE, 1, block(":status", "200")));
        add(
                all,
                "a protocol",
                "reset",
                frame(HEADERS, WHOLE, 1, together(head("GET"), block(":protocol", "websocket"))));
        add(
                all,
                "CONNECT with a protocol",
                "reset",
                frame(HEADERS, END_HEADERS, 1, together(head("CONNECT"), block(":protocol", "websocket"))));
        add(all, "CONNECT with a path", "reset", frame(HEADERS, WHOLE, 1, head("CONNECT")));
        add(all, "CONNECT to nobody", "reset", frame(HEADERS, WHOLE, 1, block(":method", "CONNECT")));
        add(
                all,
                "OPTIONS of everything",
                "400",
                frame(
                        HEADERS,
                        WHOLE,
                        1,
                        block(":method", "OPTIONS", ":scheme", "http", ":path", "*", ":authority", "localhost")));
    }

    private static void trailers(List<HostileFrames> all) {
        byte[] open = frame(HEADERS, END_HEADERS, 1, together(head("POST"), block("content-length", "5")));
        byte[] hello = frame(DATA, 0, 1, "hello".getBytes(StandardCharsets.US_ASCII));
        add(
                all,
                "control: trailers, which are dropped",
                "200",
                open,
                hello,
                frame(HEADERS, WHOLE, 1, block("x-headgate-user", "smuggled")));
        add(all, "control: no trailer in trailers", "200", open, hello, frame(HEADERS, WHOLE, 1));
        add(all, "trailers that are a request", "reset", open, hello, frame(HEADERS, WHOLE, 1, head("GET")));
        add(all, "trailers with a method", "reset", open, hello, frame(HEADERS, WHOLE, 1, block(":method", "GET")));
        add(all, "trailers with a path", "reset", open, hello, frame(HEADERS, WHOLE, 1, block(":path", "/files/x")));
        add(all, "trailers with a status", "reset", open, hello, frame(HEADERS, WHOLE, 1, block(":status", "200")));
        add(
                all,
                "trailers with a field of the connection",
                "reset",
                open,
                hello,
                frame(HEADERS, WHOLE, 1, block("connection", "close")));
        add(all, "trailers before the end of the body", "reset", open, frame(HEADERS, WHOLE, 1, block("x", "y")));
        add(
                all,
                "trailers that are not the end",
                "reset",
                open,
                hello,
                frame(HEADERS, END_HEADERS, 1, block("x", "y")));
    }

    private static void head(
            List<HostileFrames> all, String name, String end, String method, String scheme, String path, String host) {
        byte[] block = block(":method", method, ":scheme", scheme, ":path", path, ":authority", host);
        all.add(new HostileFrames(name, end, frame(HEADERS, WHOLE, 1, block)));
    }

    private static void fields(List<HostileFrames> all) {
        String[][] reset = {
            {":authority", "evil.example"},
            {":path", "/files/x"},
            {":method", "DELETE"},
            {":unknown", "x"},
            {":status", "200"},
            {"host", "evil.example"},
            {"connection", "close"},
            {"keep-alive", "x"},
            {"proxy-connection", "x"},
            {"transfer-encoding", "chunked"},
            {"upgrade", "websocket"},
            {"te", "gzip"},
            {"te", "trailers, gzip"},
            {"Upper-Case", "x"},
            {"a b", "x"},
            {"a:b", "x"},
            {"", "x"},
            {"x\r\ny", "z"},
            {"x", "a\nb"},
            {"x", "a\rb"},
            {"x", "a\0b"},
            {"x", " a"},
            {"x", "\u0001"},
            {"x", "\u007f"},
            {"content-length", "5"},
            {"content-length", "-1"},
        };
        for (String[] field : reset) {
            String shown = (field[0] + ": " + field[1]).replaceAll("\\p{Cntrl}", "?");
            all.add(new HostileFrames("the field " + shown, "reset", request(field)));
        }
        for (String name : List.of("x-headgate-user", "x_headgate_user", "x-http2-path", "http2-settings")) {
            all.add(new HostileFrames("the name " + name + ", claimed", "200", request(name, "smuggled")));
        }
        all.add(new HostileFrames("control: trailers are expected", "200", request("te", "trailers")));
        all.add(new HostileFrames(
                "a list of lengths, which is passed on as one", "200", request("content-length", "0, 0")));
        all.add(new HostileFrames("a length with a plus", "reset", request("content-length", "+0")));
        all.add(new HostileFrames("a field of 9 KiB", "431", request("x", "y".repeat(9 * 1024))));
    }

    private static void frames(List<HostileFrames> all) {
        byte[] open = frame(HEADERS, END_HEADERS, 1, head("POST"));
        add(all, "data on a stream that is none", "goaway", frame(DATA, END, 3, 'x'));
        add(all, "data on the connection", "goaway", frame(DATA, END, 0, 'x'));
        add(all, "a head on the connection", "goaway", frame(HEADERS, WHOLE, 0, head("GET")));
        add(all, "a stream of the server's", "goaway", frame(HEADERS, WHOLE, 2, head("GET")));
        add(all, "a head that another frame cuts", "goaway", frame(HEADERS, END, 1, head("GET")), frame(DATA, END, 1));
        add(all, "a continuation of nothing", "goaway", frame(CONTINUATION, END_HEADERS, 1));
        add(
                all,
                "a continuation of another stream",
                "goaway",
                frame(HEADERS, END, 1),
                frame(CONTINUATION, END_HEADERS, 3));
        add(all, "an index that is none", "goaway", frame(HEADERS, WHOLE, 1, 0xff, 0xff, 0xff, 0x0f));
        add(
                all,
                "a number without end",
                "goaway",
                frame(HEADERS, WHOLE, 1, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
        add(all, "a larger table than allowed", "goaway", frame(HEADERS, WHOLE, 1, 0x3f, 0xe1, 0xff, 0xff, 0x0f));
        add(all, "more padding than there is", "goaway", frame(HEADERS, WHOLE | PADDED, 1, 0xff, 'x'));
        add(all, "a frame that is too large", "goaway", open, frame(DATA, END, 1, new byte[20_000]));
        add(all, "settings of half a setting", "goaway", frame(SETTINGS, 0, 0, 1, 2, 3));
        add(all, "settings of a stream", "goaway", frame(SETTINGS, 0, 1));
        add(all, "frames of no size", "goaway", frame(SETTINGS, 0, 0, 0, 5, 0, 0, 0, 100));
        add(all, "a window beyond all", "goaway", frame(SETTINGS, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff));
        add(all, "a push", "goaway", frame(PUSH, END_HEADERS, 1, 0, 0, 0, 2));
        add(all, "a window that grows by nothing", "goaway", frame(WINDOW, 0, 0, 0, 0, 0, 0));
        add(all, "a window that grows beyond all", "goaway", frame(WINDOW, 0, 0, 0x7f, 0xff, 0xff, 0xff));
        add(all, "a stream that depends on itself", "reset", frame(PRIORITY, 0, 1, 0, 0, 0, 1, 16));
        add(
                all,
                "HTTP/1 behind the preface",
                "goaway",
                "GET /api/feed/h2 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void floods(List<HostileFrames> all) {
        add(
                all,
                "continuations without end",
                "goaway",
                frame(HEADERS, END, 1, head("GET")),
                times(2_000, frame(CONTINUATION, 0, 1, field("a", "b"))));
        add(
                all,
                "data of nothing without end",
                "goaway",
                frame(HEADERS, END_HEADERS, 1, head("POST")),
                times(2_000, frame(DATA, 0, 1)));
        byte[][] bomb = new byte[2][];
        bomb[0] = head("GET");
        bomb[1] = together(new byte[] {0x40}, Arrays.copyOfRange(field("x", "y".repeat(4_000)), 1, 4_006));
        byte[] again = new byte[4_000];
        Arrays.fill(again, (byte) 0xbe);
        add(all, "a head that unpacks to 16 MB", "431", frame(HEADERS, WHOLE, 1, together(bomb[0], bomb[1], again)));
    }

    /** Streams that the gateway has to reset, one after the other (CVE-2025-8671). */
    static byte[] provoked(int streams) {
        return provoked(
                streams,
                stream -> together(
                        frame(HEADERS, END_HEADERS, stream, head("GET")), frame(WINDOW, 0, stream, 0, 0, 0, 0)));
    }

    /** The same, by heads that are none. */
    static byte[] provokedByHeads(int streams) {
        return provoked(streams, stream -> frame(HEADERS, WHOLE, stream, block(":method", "GET")));
    }

    private static byte[] provoked(int streams, IntFunction<byte[]> frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int stream = 1; stream < 2 * streams; stream += 2) {
            all.writeBytes(frames.apply(stream));
        }
        return together(PREFACE.getBytes(StandardCharsets.US_ASCII), frame(SETTINGS, 0, 0), all.toByteArray());
    }

    private static void add(List<HostileFrames> all, String name, String end, byte[]... frames) {
        all.add(new HostileFrames(name, end, List.of(frames)));
    }

    private static byte[] request(String... more) {
        return frame(HEADERS, WHOLE, 1, together(head("GET"), block(more)));
    }

    private static byte[] head(String method) {
        return block(":method", method, ":scheme", "http", ":path", "/api/feed/h2", ":authority", "localhost");
    }

    private static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.writeBytes(field(fields[i], fields[i + 1]));
        }
        return block.toByteArray();
    }

    /** A field that no table keeps, without compression (RFC 7541 §6.2.2). */
    private static byte[] field(String name, String value) {
        return together(new byte[] {0}, text(name), text(value));
    }

    private static byte[] text(String text) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        int length = text.length();
        written.write(Math.min(length, 127));
        if (length >= 127) {
            int rest = length - 127;
            for (; rest >= 128; rest >>= 7) {
                written.write((rest & 127) | 128);
            }
            written.write(rest);
        }
        written.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return written.toByteArray();
    }

    private static byte[] frame(int type, int flags, int stream, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return frame(type, flags, stream, bytes);
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putShort((short) (payload.length >> 8))
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] times(int count, byte[] frame) {
        byte[][] frames = new byte[count][];
        Arrays.fill(frames, frame);
        return together(frames);
    }

    private static byte[] together(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
