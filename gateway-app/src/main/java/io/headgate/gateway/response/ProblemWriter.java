package io.headgate.gateway.response;

import io.headgate.gateway.netty.NettyRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems as {@code application/problem+json}. */
public final class ProblemWriter {

    private final JsonMapper json;
    private final ProblemCustoms customs;

    /** Writer that renders with {@code json}. */
    public ProblemWriter(JsonMapper json, ProblemCustoms customs) {
        this.json = json;
        this.customs = customs;
    }

    /** Answers the exchange with the problem. */
    public Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        Mono<Void> written = Mono.defer(() -> {
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(problem.status());
            byte[] body = json.writeValueAsBytes(body(problem));
            HttpHeaders headers = response.getHeaders();
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            headers.setContentLength(body.length);
            headers.setCacheControl("no-store");
            customs.headers(exchange).forEach(headers::set);
            problem.headers().forEach(headers::set);
            DataBuffer buffer = response.bufferFactory().wrap(body);
            return response.writeWith(Mono.just(buffer));
        });
        return NettyRequest.onEventLoop(exchange.getRequest(), written);
    }

    private static Map<String, Object> body(Problem problem) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", problem.type());
        body.put("title", problem.title());
        body.put("status", problem.status().value());
        body.put("detail", problem.detail());
        body.put("instance", "urn:uuid:" + answerId());
        body.putAll(problem.members());
        return body;
    }

    /** A name for this answer in logs and support tickets. It guards nothing, so a fast generator will do. */
    private static UUID answerId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version4 = (random.nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L;
        long variant2 = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(version4, variant2);
    }
}
