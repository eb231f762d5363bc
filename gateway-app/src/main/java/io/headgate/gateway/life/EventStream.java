package io.headgate.gateway.life;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One stream of server-sent events that can be ended early. It ends with a {@code retry} field, which tells the client
 * when to come back; each client gets another time, so that they do not come back together. A client that has an event
 * half drops that half when the stream ends, and so nothing, no field of ours either, is appended to it (WHATWG HTML
 * §9.2.6): by its {@code Last-Event-ID} it gets that event from the next node.
 */
final class EventStream {

    private static final int EARLIEST_RETURN_MILLIS = 1_000;
    private static final int LATEST_RETURN_MILLIS = 5_000;

    private final DataBufferFactory buffers;

    /** How many line ends the bytes so far close with; two of them end an event. */
    private volatile int lineEnds = 2;

    private byte last = '\n';

    EventStream(DataBufferFactory buffers) {
        this.buffers = buffers;
    }

    /** These events until {@code end}. */
    Flux<DataBuffer> endingWith(Mono<Void> end, Flux<DataBuffer> events) {
        Mono<Boolean> ended = end.thenReturn(true);
        return events.takeUntilOther(ended).doOnNext(this::follow).concatWith(Mono.defer(() -> farewell(ended)));
    }

    /** Empty unless {@code ended}: a stream may also come to its own end. */
    private Mono<DataBuffer> farewell(Mono<Boolean> ended) {
        return Mono.firstWithSignal(ended, Mono.just(false))
                .filter(early -> early && lineEnds >= 2)
                .map(early -> {
                    int millis = ThreadLocalRandom.current().nextInt(EARLIEST_RETURN_MILLIS, LATEST_RETURN_MILLIS);
                    return buffers.wrap(("retry: " + millis + "\n\n").getBytes(StandardCharsets.US_ASCII));
                });
    }

    /** A line ends with CR LF, with LF, or with CR. */
    private void follow(DataBuffer part) {
        int ends = lineEnds;
        int from = part.readPosition();
        int to = from + part.readableByteCount();
        // What ends an event lies within the last four bytes.
        for (int i = Math.max(from, to - 4); i < to; i++) {
            byte next = part.getByte(i);
            if (next == '\n') {
                ends = last == '\r' ? ends : ends + 1;
            } else if (next == '\r') {
                ends++;
            } else {
                ends = 0;
            }
            last = next;
        }
        lineEnds = ends;
    }
}
