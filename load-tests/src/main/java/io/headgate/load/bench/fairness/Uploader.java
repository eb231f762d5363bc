package io.headgate.load.bench.fairness;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** One upload that does not end, and sends as fast as it is read, until closed. */
final class Uploader implements AutoCloseable {

    private static final long LENGTH = 1L << 40;
    private static final int BLOCK = 1 << 18;

    private final Socket socket;
    private final AtomicLong sent = new AtomicLong();
    private final Thread thread = new Thread(this::send, "upload");

    private Uploader(Socket socket) {
        this.socket = socket;
    }

    static Uploader start(int gateway) throws IOException {
        Uploader uploader = new Uploader(new Socket(InetAddress.getLoopbackAddress(), gateway));
        uploader.thread.start();
        return uploader;
    }

    /** What has been sent since this was last asked. */
    long mebibytes() {
        return sent.getAndSet(0) >> 20;
    }

    private void send() {
        try {
            OutputStream out = socket.getOutputStream();
            String head = "PATCH /files/film HTTP/1.1\r\nHost: 127.0.0.1:" + socket.getPort()
                    + "\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream"
                    + "\r\nContent-Length: " + LENGTH + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] block = new byte[BLOCK];
            while (!socket.isClosed()) {
                out.write(block);
                sent.addAndGet(BLOCK);
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                System.err.println("bench: the upload broke off: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
