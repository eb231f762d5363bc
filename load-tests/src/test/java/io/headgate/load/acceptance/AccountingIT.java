package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.load.backend.BackendOptions;
import io.headgate.load.backend.SampleBackends;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What the store says was used is what was served: successes cost what the policy says, and failures, answers from the cache
 * and what uploads did not bring cost nothing. The oracle is each client's own book of the answers it got. Where a gateway is
 * killed, what was under way there may stay charged: of each client at most its last answer and the request after it.
 */
@Tag("faults")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccountingIT {

    private static final int CLIENTS = 4;
    private static final int ROUNDS = 120;
    private static final long QUOTA = 1_000_000;
    private static final long BYTES = 1L << 30;
    private static final int DEAREST = 5;
    private static final int LARGEST = 32 << 10;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private static Path folder;

    private static SampleBackends backends;
    private static DisposableServer feed;
    private static ThreeGateways gateways;

    @BeforeAll
    static void start() throws Exception {
        backends = SampleBackends.start(new BackendOptions("127.0.0.1", 0, 0, 0, folder.resolve("uploads")));
        feed = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(AccountingIT::feed)
                .bindNow();
        gateways = ThreeGateways.start(
                folder,
                "accounting.yaml",
                new ThreeGateways.Backends(backends.uploadPort(), feed.port(), backends.playbackPort()));
    }

    @AfterAll
    static void stop() throws IOException {
        if (gateways != null) {
            gateways.close();
        }
        if (feed != null) {
            feed.disposeNow();
        }
        if (backends != null) {
            backends.close();
        }
    }

    private static Publisher<Void> feed(HttpServerRequest request, HttpServerResponse response) {
        if (request.uri().contains("fails")) {
            return response.status(500).send();
        } else if (request.uri().contains("breaks")) {
            return Mono.fromRunnable(() -> response.withConnection(connection -> connection.dispose()));
        } else if (request.uri().contains("kept")) {
            response.header("Cache-Control", "private, max-age=1");
        }
        return response.sendString(Mono.just("something"));
    }

    /** What one client has been served, by its own book. */
    private static final class Book {

        private final String key;
        private final Random random;
        private long served;
        private long brought;
        private int unanswered;
        private int fromCache;
        private int failures;

        Book(int number, long seed) {
            this.key = "fleet-user-" + number;
            this.random = new Random(seed + number);
        }

        void round() throws InterruptedException {
            switch (random.nextInt(6)) {
                case 0 -> read("plain?n=" + random.nextInt(), 1);
                case 1 -> read("dear?n=" + random.nextInt(), DEAREST);
                case 2 -> read("kept?n=" + random.nextInt(3), 1);
                case 3 -> read("fails", 1);
                case 4 -> read("breaks", 1);
                default -> upload();
            }
        }

        private void read(String what, int cost) throws InterruptedException {
            Optional<HttpResponse<String>> answer =
                    send(request("/api/feed/" + what).GET());
            if (answer.isEmpty()) {
                return;
            }
            boolean kept = answer.get().headers().firstValue("Cache-Status").isPresent();
            if (answer.get().statusCode() == 200 && !kept) {
                served += cost;
            } else if (kept) {
                fromCache++;
            } else {
                assertThat(answer.get().statusCode()).as(what).isGreaterThanOrEqualTo(500);
                failures++;
            }
        }

        /** Creates an upload, brings some of it, and takes it back unless that was all. */
        private void upload() throws InterruptedException {
            int length = 1 + random.nextInt(LARGEST);
            int part = random.nextInt(3) == 0 ? length : random.nextInt(length);
            Optional<HttpResponse<String>> created = send(request("/files")
                    .header("Upload-Length", Integer.toString(length))
                    .POST(BodyPublishers.noBody()));
            if (created.isEmpty() || created.get().statusCode() != 201) {
                return;
            }
            String path = created.get().headers().firstValue("Location").orElseThrow();
            boolean arrived = part == 0
                    || send(request(path)
                                    .header("Upload-Offset", "0")
                                    .header("Content-Type", "application/offset+octet-stream")
                                    .method("PATCH", BodyPublishers.ofByteArray(new byte[part])))
                            .filter(answer -> answer.statusCode() == 204)
                            .isPresent();
            if (part < length) {
                send(request(path).DELETE());
            }
            brought += arrived ? part : 0;
        }

        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(gateways.balancer().uri() + path))
                    .header("X-API-Key", key)
                    .header("Tus-Resumable", "1.0.0");
        }

        private Optional<HttpResponse<String>> send(HttpRequest.Builder request) throws InterruptedException {
            try {
                return Optional.of(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            } catch (IOException cut) {
                unanswered++;
                return Optional.empty();
            }
        }

        long used() throws Exception {
            return QUOTA - gateways.remaining("used", key);
        }

        long bytesUsed() throws Exception {
            return BYTES - gateways.remaining("bytes", key);
        }
    }

    private static List<Book> run(int first, long seed, AtomicBoolean goesOn) {
        List<Book> books = new ArrayList<>();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Book book = new Book(first + i, seed);
            books.add(book);
            CompletableFuture<Void> client = new CompletableFuture<>();
            clients.add(client);
            Thread thread = new Thread(
                    () -> {
                        try {
                            for (int round = 0; round < ROUNDS || goesOn.get(); round++) {
                                book.round();
                            }
                            client.complete(null);
                        } catch (Throwable failure) {
                            client.completeExceptionally(failure);
                        }
                    },
                    book.key);
            thread.start();
        }
        clients.forEach(CompletableFuture::join);
        return books;
    }

    @Test
    void whatTheStoreSaysWasUsedIsWhatWasServed() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        List<Book> books = run(0, seed, new AtomicBoolean());
        for (Book book : books) {
            assertThat(book.unanswered).as("seed %d, %s", seed, book.key).isZero();
            assertThat(book.fromCache).as("seed %d, %s", seed, book.key).isPositive();
            assertThat(book.failures).as("seed %d, %s", seed, book.key).isPositive();
            // What is given back is on its way when the answer is.
            Instant end = Instant.now().plus(Duration.ofSeconds(60));
            while ((book.used() != book.served || book.bytesUsed() != book.brought)
                    && Instant.now().isBefore(end)) {
                Thread.sleep(50);
            }
            assertThat(book.used()).as("seed %d, %s", seed, book.key).isEqualTo(book.served);
            assertThat(book.bytesUsed())
                    .as("seed %d, bytes of %s", seed, book.key)
                    .isEqualTo(book.brought);
        }
    }

    @Test
    void afterCrashesOnlyWhatWasUnderWayMayBeChargedTooMuch() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        CompletableFuture<Integer> crashes = CompletableFuture.supplyAsync(() -> {
            try {
                for (int i = 0; i < 2; i++) {
                    Thread.sleep(2_000);
                    gateways.nodes().get(i).kill();
                    gateways.nodes().get(i).startAgain();
                    gateways.nodes().get(i).awaitReady();
                }
                return 2;
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            } finally {
                goesOn.set(false);
            }
        });
        List<Book> books = run(CLIENTS, seed, goesOn);
        int kills = crashes.join();
        for (Book book : books) {
            long slack = 2L * kills * DEAREST;
            Instant end = Instant.now().plus(Duration.ofSeconds(60));
            while (book.used() > book.served + slack && Instant.now().isBefore(end)) {
                Thread.sleep(50);
            }
            assertThat(book.used())
                    .as("seed %d, %s, %d without an answer", seed, book.key, book.unanswered)
                    .isBetween(book.served, book.served + slack);
            assertThat(book.bytesUsed())
                    .as("seed %d, bytes of %s, %d without an answer", seed, book.key, book.unanswered)
                    .isBetween(book.brought, book.brought + 2L * kills * LARGEST);
        }
    }
}
