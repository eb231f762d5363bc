package io.headgate.gateway.media;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A playback beyond its limit: of a master playlist it gets the lowest renditions. Media playlists and segments pass as
 * they are.
 */
final class ReducedPlayback {

    private static final String ATTRIBUTE = ReducedPlayback.class.getName();

    /** Master playlists have a few lines for each rendition; what is larger is none. */
    private static final int LARGEST = 256 << 10;

    /** RFC 8216, section 4, and what servers said before it. */
    private static final Set<String> TYPES =
            Set.of("application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl");

    /** What asks for a part of a playlist, for a newer one than another, or for one that nobody could read here. */
    private static final List<String> CONDITIONS = List.of(
            HttpHeaders.RANGE,
            HttpHeaders.IF_RANGE,
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_UNMODIFIED_SINCE,
            HttpHeaders.ACCEPT_ENCODING);

    /** What is true of the whole playlist only. */
    private static final List<String> OF_THE_WHOLE = List.of(
            HttpHeaders.ETAG,
            HttpHeaders.LAST_MODIFIED,
            HttpHeaders.ACCEPT_RANGES,
            HttpHeaders.EXPIRES,
            "Content-MD5",
            "Digest",
            "Content-Digest",
            "Repr-Digest");

    private ReducedPlayback() {}

    /** Marks an exchange as part of such a playback. */
    static void mark(ServerWebExchange exchange, int renditions) {
        exchange.getAttributes().put(ATTRIBUTE, renditions);
    }

    /** The exchange with its answer reduced, if it is marked and asks for a playlist. */
    static ServerWebExchange of(ServerWebExchange exchange) {
        Integer renditions = exchange.getAttribute(ATTRIBUTE);
        if (renditions == null
                || !exchange.getRequest()
                        .getURI()
                        .getRawPath()
                        .toLowerCase(Locale.ROOT)
                        .endsWith(".m3u8")) {
            return exchange;
        }
        return exchange.mutate()
                .request(new Request(exchange.getRequest()))
                .response(new Response(exchange.getResponse(), renditions))
                .build();
    }

    private static final class Request extends ServerHttpRequestDecorator {

        private final HttpHeaders headers = new HttpHeaders();

        Request(ServerHttpRequest request) {
            super(request);
            headers.addAll(request.getHeaders());
            CONDITIONS.forEach(headers::remove);
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }
    }

    private static final class Response extends ServerHttpResponseDecorator {

        private final int renditions;

        Response(ServerHttpResponse response, int renditions) {
            super(response);
            this.renditions = renditions;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            if (!isPlaylist()) {
                return super.writeWith(body);
            }
            return super.writeWith(Flux.defer(() -> {
                Text text = new Text(bufferFactory());
                return Flux.<DataBuffer>from(body)
                        .concatMapIterable(text::add)
                        .concatWith(Flux.defer(() -> Flux.fromIterable(text.end(this::reduced))))
                        .doFinally(end -> text.release());
            }));
        }

        /** Called before anything of the answer has been sent: its header fields may still change. */
        private String reduced(String playlist) {
            return MasterPlaylist.withLowest(playlist, renditions)
                    .map(reduced -> {
                        HttpHeaders headers = getHeaders();
                        OF_THE_WHOLE.forEach(headers::remove);
                        headers.setCacheControl("no-store");
                        headers.setContentLength(reduced.getBytes(StandardCharsets.UTF_8).length);
                        return reduced;
                    })
                    .orElse(playlist);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return isPlaylist() ? writeWith(Flux.from(body).concatMap(part -> part)) : super.writeAndFlushWith(body);
        }

        private boolean isPlaylist() {
            HttpStatusCode status = getStatusCode();
            HttpHeaders headers = getHeaders();
            String type = String.valueOf(headers.getFirst(HttpHeaders.CONTENT_TYPE));
            int parameters = type.indexOf(';');
            String plain = (parameters < 0 ? type : type.substring(0, parameters))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            return status != null
                    && status.value() == 200
                    && TYPES.contains(plain)
                    && headers.getContentLength() <= LARGEST
                    && !headers.containsHeader(HttpHeaders.CONTENT_ENCODING);
        }
    }

    /** A text on its way, kept back until it is whole, or too large to be looked at. */
    private static final class Text {

        private final DataBufferFactory buffers;
        private final List<DataBuffer> parts = new ArrayList<>();
        private int size;
        private boolean passing;

        Text(DataBufferFactory buffers) {
            this.buffers = buffers;
        }

        /** What may go on. */
        synchronized List<DataBuffer> add(DataBuffer part) {
            if (passing) {
                return List.of(part);
            }
            parts.add(part);
            size += part.readableByteCount();
            passing = size > LARGEST;
            return passing ? taken() : List.of();
        }

        /** What is left when there is no more to come. */
        synchronized List<DataBuffer> end(UnaryOperator<String> change) {
            if (passing || parts.isEmpty()) {
                return List.of();
            }
            DataBuffer whole = buffers.join(taken());
            String text = whole.toString(StandardCharsets.UTF_8);
            String changed = change.apply(text);
            if (changed.equals(text)) {
                return List.of(whole);
            }
            DataBufferUtils.release(whole);
            return List.of(buffers.wrap(changed.getBytes(StandardCharsets.UTF_8)));
        }

        private List<DataBuffer> taken() {
            List<DataBuffer> taken = List.copyOf(parts);
            parts.clear();
            return taken;
        }

        synchronized void release() {
            taken().forEach(DataBufferUtils::release);
        }
    }
}
