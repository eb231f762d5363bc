package io.headgate.load.bench.fairness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Reads a feed at a rate that does not depend on the answers: each latency counts from when its request was due. */
final class Reader implements AutoCloseable {

    private static final int THREADS = 8;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final HttpRequest request;
    private final long betweenNanos;

    Reader(int gateway, int perSecond) {
        this.request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway + "/api/feed/ada"))
                .timeout(Duration.ofSeconds(30))
                .build();
        this.betweenNanos = TimeUnit.SECONDS.toNanos(1) * THREADS / perSecond;
    }

    /**
     * Reads for so long.
     *
     * @return milliseconds of each answer
     * @throws IOException if any was not a 200
     */
    List<Double> read(Duration time) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        List<Future<List<Double>>> parts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long first = begin + i * betweenNanos / THREADS;
            parts.add(threads.submit(() -> part(first, begin + time.toNanos())));
        }
        List<Double> all = new ArrayList<>();
        for (Future<List<Double>> part : parts) {
            try {
                all.addAll(part.get());
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return all;
    }

    private List<Double> part(long first, long end) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (long due = first; due < end; due += betweenNanos) {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            // A thread that overslept is no fault of the gateway's; one that was held up by the answer before is.
            long from = wait > 0 ? System.nanoTime() : due;
            int status = client.send(request, HttpResponse.BodyHandlers.ofByteArray())
                    .statusCode();
            if (status != 200) {
                throw new IOException("the feed answered " + status);
            }
            millis.add((System.nanoTime() - from) / 1e6);
        }
        return millis;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
