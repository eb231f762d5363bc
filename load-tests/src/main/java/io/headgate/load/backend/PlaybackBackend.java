package io.headgate.load.backend;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** One HLS stream under {@code /play/demo/}, with ranges and conditional requests (RFC 9110, sections 13 and 14). */
final class PlaybackBackend implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final String ROOT = "/play/demo/";

    private final HlsStream stream;

    PlaybackBackend(HlsStream stream) {
        this.stream = stream;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        return answer(request).sendTo(request, response);
    }

    private Answer answer(HttpServerRequest request) {
        String path = request.fullPath();
        Optional<HlsStream.MediaFile> file =
                path.startsWith(ROOT) ? stream.file(path.substring(ROOT.length())) : Optional.empty();
        if (file.isEmpty()) {
            return Answer.of(404, "There is no such file.");
        }
        boolean get = request.method().equals(HttpMethod.GET);
        if (!get && !request.method().equals(HttpMethod.HEAD)) {
            return Answer.of(405).with(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        return answer(file.get(), request.requestHeaders(), get)
                .with(HttpHeaderNames.ETAG, file.get().tag())
                .with(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                .with(HttpHeaderNames.CACHE_CONTROL, "public, max-age=60");
    }

    private static Answer answer(HlsStream.MediaFile file, HttpHeaders headers, boolean get) {
        if (file.tag().isNamedBy(headers.get(HttpHeaderNames.IF_NONE_MATCH))) {
            return Answer.of(304);
        }
        ByteBuffer content = file.content();
        int length = content.remaining();
        RequestedRange range = get && rangeApplies(file, headers.get(HttpHeaderNames.IF_RANGE))
                ? RequestedRange.parse(headers.get(HttpHeaderNames.RANGE), length)
                : new RequestedRange.Whole();
        if (range instanceof RequestedRange.Part part) {
            return Answer.of(206)
                    .with(file.type(), content.slice(part.first(), part.last() - part.first() + 1))
                    .with(HttpHeaderNames.CONTENT_RANGE, "bytes " + part.first() + "-" + part.last() + "/" + length);
        }
        if (range instanceof RequestedRange.Unsatisfiable) {
            return Answer.of(416).with(HttpHeaderNames.CONTENT_RANGE, "bytes */" + length);
        }
        return Answer.of(200).with(file.type(), content);
    }

    /** A range of another version of the file would be garbage; If-Range compares strongly. */
    private static boolean rangeApplies(HlsStream.MediaFile file, @Nullable String ifRange) {
        return ifRange == null || ifRange.equals(file.tag().value());
    }
}
