package io.headgate.gateway.cache;

import io.headgate.gateway.netty.BodyPieces;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Gives an answer once more. */
final class Replay {

    private Replay() {}

    /**
     * Writes {@code answer}, which says that it is not new ({@code Age}, {@code Cache-Status}). A client that has it
     * already is told so.
     *
     * @param request header fields of the request
     */
    static Mono<Void> write(ServerHttpResponse response, CachedAnswer answer, HttpHeaders request, Outcome outcome) {
        long now = System.nanoTime();
        HttpHeaders headers = response.getHeaders();
        answer.headers().forEach((name, values) -> {
            if (name.equalsIgnoreCase(HttpHeaders.VARY)) {
                headers.addAll(name, values);
            } else {
                headers.put(name, values);
            }
        });
        long left = answer.freshness()
                .minus(Duration.ofNanos(now - answer.bornNanos()))
                .toSeconds();
        headers.set(HttpHeaders.AGE, Long.toString(answer.ageSeconds(now)));
        headers.set("Cache-Status", outcome.status(left));
        if (hasIt(answer.headers().getETag(), request.getOrDefault(HttpHeaders.IF_NONE_MATCH, List.of()))) {
            headers.remove(HttpHeaders.CONTENT_LENGTH);
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.setContentLength(answer.body().remaining());
        response.setStatusCode(HttpStatus.OK);
        return write(response, answer.body());
    }

    /** Writes a body in pieces, so that a client that does not read has one of them kept for it and not all. */
    static Mono<Void> write(ServerHttpResponse response, ByteBuffer body) {
        DataBufferFactory buffers = response.bufferFactory();
        int piece = BodyPieces.WAITING;
        if (body.remaining() <= piece) {
            return response.writeWith(Mono.fromSupplier(() -> buffers.wrap(body.duplicate())));
        }
        return response.writeWith(Flux.range(0, (body.remaining() + piece - 1) / piece)
                .map(index -> buffers.wrap(body.slice(
                        body.position() + index * piece, Math.min(piece, body.remaining() - index * piece)))));
    }

    /** Whether one of the tags is this one (RFC 9110, section 13.1.2: compared weakly). */
    private static boolean hasIt(@Nullable String tag, List<String> ifNoneMatch) {
        return tag != null
                && ifNoneMatch.stream()
                        .flatMap(line -> List.of(line.split(",", -1)).stream())
                        .map(String::strip)
                        .anyMatch(known -> known.equals("*") || opaque(known).equals(opaque(tag)));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
