package io.headgate.load.acceptance;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A backend with so many workers, each of which has to do with one request for the same time. Whatever is more than that
 * waits in a line without an end, and is worked on even if nobody waits for the answer any more.
 */
final class BusyBackend implements AutoCloseable {

    private final int workers;
    private final Duration each;
    private final DisposableServer server;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Runnable> line = new ArrayDeque<>();
    private int working;
    private long answers;
    private long workedNanos;

    BusyBackend(int workers, Duration each) {
        this.workers = workers;
        this.each = each;
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(this::answer)
                .bindNow();
    }

    int port() {
        return server.port();
    }

    int workers() {
        return workers;
    }

    /** Requests that it can answer in a second, if its timers are punctual. */
    double perSecond() {
        return workers * 1e9 / each.toNanos();
    }

    /** How long a worker has had to do with a request, on average, which is longer on a machine that is busy. */
    synchronized double secondsEach() {
        return workedNanos / 1e9 / Math.max(1, answers);
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        Sinks.One<String> done = Sinks.one();
        return request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
            line(() -> done.tryEmitValue("done").orThrow());
            return response.header("Content-Type", "text/plain")
                    .sendString(done.asMono())
                    .then();
        });
    }

    private synchronized void line(Runnable answer) {
        line.add(answer);
        work();
    }

    private synchronized void work() {
        while (working < workers && !line.isEmpty()) {
            working++;
            long begin = System.nanoTime();
            Runnable answer = line.remove();
            var unused = clock.schedule(() -> finish(answer, begin), each.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void finish(Runnable answer, long begin) {
        synchronized (this) {
            working--;
            answers++;
            workedNanos += System.nanoTime() - begin;
            work();
        }
        answer.run();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        server.disposeNow(Duration.ofSeconds(1));
    }
}
