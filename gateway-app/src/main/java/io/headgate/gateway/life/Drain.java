package io.headgate.gateway.life;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * This node's leaving. Readiness is off by the time it begins. For the notice, new connections are still taken, since
 * whoever balances the load has not heard yet, but every answer closes its connection. Then event streams and WebSockets
 * are told to come back elsewhere, and the server's own graceful shutdown follows: no new connections, and as much time as
 * {@code spring.lifecycle.timeout-per-shutdown-phase} for the requests under way.
 */
public final class Drain implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final Duration notice;
    private final Sinks.Empty<Void> noticeOver = Sinks.empty();
    private volatile boolean running;
    private volatile boolean begun;

    /** @param notice from the moment readiness is off until no new connections are taken */
    Drain(Duration notice) {
        this.notice = notice;
    }

    /** Whether this node is leaving: connections have to be closed after the answer they wait for. */
    boolean begun() {
        return begun;
    }

    /** Completes when streams and connections without an end have to end. */
    public Mono<Void> noticeOver() {
        return noticeOver.asMono();
    }

    /** The last phase to start is the first to stop, before the server's own graceful shutdown. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        begun = true;
        log.info("Leaving: not ready any more, and answers close their connections. No new ones in {} s", seconds());
        try {
            Thread.sleep(notice.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int streams = noticeOver.currentSubscriberCount();
        noticeOver.tryEmitEmpty();
        if (streams > 0) {
            log.info("Leaving: {} streams without an end have been ended", streams);
        }
        running = false;
    }

    private double seconds() {
        return notice.toMillis() / 1_000.0;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
