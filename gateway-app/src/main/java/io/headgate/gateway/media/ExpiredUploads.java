package io.headgate.gateway.media;

import io.headgate.limiter.StoreUnavailable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends the uploads that nobody has gone on with in their time. Every gateway looks for them now and then, each at moments of
 * its own; which of several finds one first does not matter.
 */
final class ExpiredUploads implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ExpiredUploads.class);

    /** Uploads that are asked for at a time. */
    private static final int PAGE = 50;

    private final OpenUploads uploads;
    private final Duration pause;
    private final Disposable looking;

    /**
     * Begins to look.
     *
     * @param pause between two looks, more or less
     */
    ExpiredUploads(OpenUploads uploads, Duration pause) {
        this.uploads = uploads;
        this.pause = pause;
        this.looking =
                Mono.defer(() -> Mono.delay(spread()).then(look())).repeat().subscribe();
    }

    /** By a quarter, so that gateways that were started together do not look together. */
    private Duration spread() {
        long nanos = pause.toNanos();
        return Duration.ofNanos(nanos - nanos / 4 + ThreadLocalRandom.current().nextLong(Math.max(1, nanos / 2)));
    }

    private Mono<Void> look() {
        return uploads.overdue(PAGE)
                .flatMap(found ->
                        Flux.fromIterable(found).concatMap(uploads::expire).then(Mono.just(found.size())))
                .repeat()
                .takeWhile(found -> found == PAGE)
                .then()
                .onErrorResume(error -> {
                    if (!StoreUnavailable.is(error)) {
                        log.error("Uploads that have expired cannot be looked for, and hold what they have", error);
                    }
                    return Mono.empty();
                });
    }

    @Override
    public void close() {
        looking.dispose();
    }
}
