package io.headgate.load.backend;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * An endless stream of events in the format of server-sent events (WHATWG HTML, section 9.2). Event <i>n</i> happens
 * <i>n</i> intervals after the Unix epoch; hence a client that comes back with its last id, also to another instance
 * or after a restart, gets exactly what it missed.
 */
final class FeedStream {

    /** Most events that are kept for a client that comes back. */
    static final int KEPT = 1_000;

    private static final String OPENING = "retry: 2000\n: connected\n\n";
    private static final String HEARTBEAT = ": heartbeat\n\n";

    private final InstantSource clock;
    private final Duration interval;
    private final Duration heartbeat;
    private final BiFunction<Long, Instant, String> data;

    /**
     * @param clock when it is
     * @param interval time between two events
     * @param heartbeat time between two comments, which keep idle proxies from closing the connection
     * @param data content of the event with a given id and time, one line
     */
    FeedStream(InstantSource clock, Duration interval, Duration heartbeat, BiFunction<Long, Instant, String> data) {
        this.clock = clock;
        this.interval = interval;
        this.heartbeat = heartbeat;
        this.data = data;
    }

    /** What one client gets, from the moment it connects. */
    Flux<String> connect(@Nullable String lastEventId) {
        return Flux.defer(() -> {
            Cursor cursor = new Cursor(first(lastEventId));
            // A client that reads slowly misses ticks, never events: each tick sends all that is due.
            Flux<String> events =
                    Flux.interval(Duration.ZERO, interval).onBackpressureDrop().concatMap(tick -> cursor.due(), 1);
            Flux<String> heartbeats =
                    Flux.interval(heartbeat).onBackpressureDrop().map(tick -> HEARTBEAT);
            return Flux.merge(events, heartbeats).startWith(OPENING);
        });
    }

    private long now() {
        return clock.millis() / interval.toMillis();
    }

    /** Id of the first event a client gets: the one after its last, or what happens from now on. */
    private long first(@Nullable String lastEventId) {
        long next = now() + 1;
        if (lastEventId == null || !lastEventId.matches("[0-9]{1,18}")) {
            return next;
        }
        long wanted = Long.parseLong(lastEventId) + 1;
        return wanted > next ? next : Math.max(wanted, next - KEPT);
    }

    /** How far one client has got; used by one thread at a time. */
    private final class Cursor {

        private long next;

        private Cursor(long next) {
            this.next = next;
        }

        private Flux<String> due() {
            return Flux.generate(sink -> {
                if (next > now()) {
                    sink.complete();
                } else {
                    sink.next("id: " + next + "\nevent: item\ndata: "
                            + data.apply(next, Instant.ofEpochMilli(next * interval.toMillis())) + "\n\n");
                    next++;
                }
            });
        }
    }
}
