package io.headgate.gateway.cache;

import io.headgate.policy.match.StaleRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer of which a copy is taken on its way to the client, or in whose place an older one is given. */
final class RecordingResponse extends ServerHttpResponseDecorator {

    private static final Set<Integer> FAILURES = Set.of(500, 502, 503, 504);

    /** Of the body of a failure that nobody gets to see; a longer one costs its connection. */
    private static final int MOST_DISCARDED = 16;

    private final HttpHeaders request;
    private final StaleRule rule;
    private final Optional<CachedAnswer> instead;
    private final Consumer<Optional<CachedAnswer>> recorded;

    /** What stands in the answer without the backend. */
    private final HttpHeaders ours;

    private boolean replaced;

    /**
     * @param request header fields of the request
     * @param instead what to give if the backend fails
     * @param recorded told once the answer can be given to others too, or that it cannot
     */
    RecordingResponse(
            ServerHttpResponse response,
            HttpHeaders request,
            StaleRule rule,
            Optional<CachedAnswer> instead,
            Consumer<Optional<CachedAnswer>> recorded) {
        super(response);
        this.request = request;
        this.rule = rule;
        this.instead = instead;
        this.recorded = recorded;
        this.ours = new HttpHeaders();
        this.ours.addAll(response.getHeaders());
    }

    /** Whether the client has been given an older answer. */
    boolean replaced() {
        return replaced;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        HttpStatusCode status = getStatusCode();
        if (instead.isPresent() && status != null && FAILURES.contains(status.value())) {
            return Flux.from(body)
                    .take(MOST_DISCARDED)
                    .doOnNext(DataBufferUtils::release)
                    .then(Mono.defer(() -> giveInstead(instead.get())));
        }
        long length = getHeaders().getContentLength();
        if (status == null || status.value() != 200 || length > CachedAnswer.LARGEST || !mayBeKept()) {
            recorded.accept(Optional.empty());
            return super.writeWith(body);
        }
        HttpHeaders theirs = theirs();
        long now = System.nanoTime();
        if (length < 0) {
            // Its end may be as far off as its client likes: nobody waits for it.
            recorded.accept(Optional.empty());
            Copy copy = new Copy();
            return super.writeWith(Flux.from(body)
                    .doOnNext(copy::add)
                    .doOnComplete(() ->
                            copy.whole().ifPresent(bytes -> recorded.accept(Optional.of(answer(theirs, bytes, now))))));
        }
        // All of it at once, so that others need not wait until this client has read it.
        return DataBufferUtils.join(body, CachedAnswer.LARGEST)
                .map(RecordingResponse::bytes)
                .defaultIfEmpty(ByteBuffer.allocate(0))
                .flatMap(bytes -> {
                    recorded.accept(Optional.of(answer(theirs, bytes, now)));
                    return Replay.write(getDelegate(), bytes);
                });
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        // A stream of events has no end that anybody could wait for.
        recorded.accept(Optional.empty());
        return super.writeAndFlushWith(body);
    }

    private Mono<Void> giveInstead(CachedAnswer answer) {
        replaced = true;
        getHeaders().clear();
        getHeaders().addAll(ours);
        return Replay.write(getDelegate(), answer, request, Outcome.IF_ERROR);
    }

    private boolean mayBeKept() {
        HttpHeaders headers = getHeaders();
        return CacheControl.of(headers).allowsStale()
                && !headers.containsHeader(HttpHeaders.SET_COOKIE)
                && !headers.getVary().contains("*");
    }

    /** The header fields that the backend gave. */
    private HttpHeaders theirs() {
        HttpHeaders headers = new HttpHeaders();
        getHeaders().forEach((name, values) -> {
            List<String> theirs = new ArrayList<>(values);
            theirs.removeAll(ours.getOrDefault(name, List.of()));
            if (!theirs.isEmpty()) {
                headers.addAll(name, theirs);
            }
        });
        return headers;
    }

    private CachedAnswer answer(HttpHeaders headers, ByteBuffer body, long nowNanos) {
        CacheControl control = CacheControl.of(headers);
        Duration freshness = control.freshness();
        return new CachedAnswer(
                headers,
                body.asReadOnlyBuffer(),
                CachedAnswer.varying(headers, request),
                nowNanos - age(headers).toNanos(),
                freshness,
                freshness.plus(rule.longest()),
                control.isPublic());
    }

    private static Duration age(HttpHeaders headers) {
        String age = headers.getFirst(HttpHeaders.AGE);
        return age != null && age.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(age)) : Duration.ZERO;
    }

    private static ByteBuffer bytes(DataBuffer buffer) {
        ByteBuffer bytes = ByteBuffer.allocate(buffer.readableByteCount());
        buffer.toByteBuffer(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /** What has passed so far, as long as it is not too much. */
    private static final class Copy {

        private ByteBuffer bytes = ByteBuffer.allocate(4_096);
        private boolean tooLarge;

        void add(DataBuffer part) {
            int more = part.readableByteCount();
            tooLarge |= bytes.position() + more > CachedAnswer.LARGEST;
            if (tooLarge) {
                bytes = ByteBuffer.allocate(0);
                return;
            }
            if (bytes.remaining() < more) {
                ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more));
                bytes = larger.put(bytes.flip());
            }
            part.toByteBuffer(part.readPosition(), bytes, bytes.position(), more);
            bytes.position(bytes.position() + more);
        }

        Optional<ByteBuffer> whole() {
            return tooLarge ? Optional.empty() : Optional.of(bytes.flip());
        }
    }
}
