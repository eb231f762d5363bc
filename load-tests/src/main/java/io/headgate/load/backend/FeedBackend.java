package io.headgate.load.backend;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Feeds under {@code /api/feed}: {@code /{feed}?cursor=} a page, {@code /search?q=} a search, {@code /stream} live
 * events. {@code ?delay=<milliseconds>} makes any answer late, for tests of timeouts.
 */
final class FeedBackend implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final String ROOT = "/api/feed/";
    private static final long LONGEST_DELAY = 60_000;

    private final FeedStream stream;
    private final JsonMapper json;

    FeedBackend(FeedStream stream, JsonMapper json) {
        this.stream = stream;
        this.json = json;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        return Mono.defer(() -> delay(query))
                .then(Mono.defer(() -> request.fullPath().equals(ROOT + "stream")
                        ? stream(request, response)
                        : answer(request, query).sendTo(request, response)))
                .onErrorResume(Refusal.class, refusal -> refusal.answer().sendTo(request, response));
    }

    private static Mono<?> delay(QueryStringDecoder query) {
        String delay = parameter(query, "delay");
        if (delay == null) {
            return Mono.empty();
        }
        if (!delay.matches("[0-9]{1,9}") || Long.parseLong(delay) > LONGEST_DELAY) {
            throw new Refusal(400, "delay: " + delay + " (expected: 0 to " + LONGEST_DELAY + " milliseconds)");
        }
        return Mono.delay(Duration.ofMillis(Long.parseLong(delay)));
    }

    private Mono<Void> stream(HttpServerRequest request, HttpServerResponse response) {
        requireRead(request);
        response.header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.send();
        }
        return response.send(
                        stream.connect(request.requestHeaders().get("Last-Event-ID"))
                                .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)),
                        buffer -> true)
                .then();
    }

    private Answer answer(HttpServerRequest request, QueryStringDecoder query) {
        requireRead(request);
        ByteBuffer body = ByteBuffer.wrap(json.writeValueAsBytes(page(request.fullPath(), query)));
        EntityTag tag = EntityTag.of(body);
        Answer answer = tag.isNamedBy(request.requestHeaders().get(HttpHeaderNames.IF_NONE_MATCH))
                ? Answer.of(304)
                : Answer.of(200).with("application/json", body);
        return answer.with(HttpHeaderNames.ETAG, tag).with(HttpHeaderNames.CACHE_CONTROL, "private, no-cache");
    }

    private static FeedPages.Page page(String path, QueryStringDecoder query) {
        if (!path.startsWith(ROOT) || path.length() == ROOT.length()) {
            throw new Refusal(404, "There is no such feed.");
        }
        String feed = QueryStringDecoder.decodeComponent(path.substring(ROOT.length()));
        if (feed.equals("search")) {
            String word = parameter(query, "q");
            if (word == null || word.isBlank()) {
                throw new Refusal(400, "q: expected a word to search for");
            }
            return FeedPages.search(word);
        }
        try {
            return FeedPages.page(feed, parameter(query, "cursor"));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
    }

    private static void requireRead(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            throw new Refusal(Answer.of(405).with(HttpHeaderNames.ALLOW, "GET, HEAD"));
        }
    }

    private static @Nullable String parameter(QueryStringDecoder query, String name) {
        List<String> values = query.parameters().get(name);
        return values == null ? null : values.get(0);
    }
}
