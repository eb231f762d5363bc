package io.headgate.gateway.backend;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/** One of two attempts at the same request: what it learns stays its own until it is chosen. */
final class Attempt extends ServerWebExchangeDecorator {

    private final Map<String, Object> before;
    private final Map<String, Object> attributes;
    private final Answer answer;

    Attempt(ServerWebExchange exchange) {
        super(exchange);
        before = Map.copyOf(exchange.getAttributes());
        attributes = new ConcurrentHashMap<>(before);
        answer = new Answer(exchange.getResponse());
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public ServerHttpResponse getResponse() {
        return answer;
    }

    /** Its answer, whatever that is, is the one of the exchange from now on. */
    void choose() {
        attributes.forEach((name, value) -> {
            if (before.get(name) != value) {
                getDelegate().getAttributes().put(name, value);
            }
        });
        answer.choose();
    }

    /** It is over, and its connection with it. */
    void drop() {
        Call.end(this);
        ServerWebExchangeUtils.reset(this);
    }

    /** Head of an answer that nobody may see yet. */
    private static final class Answer extends ServerHttpResponseDecorator {

        private final HttpHeaders headers = new HttpHeaders();
        private volatile @Nullable HttpStatusCode status;

        Answer(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public boolean setStatusCode(@Nullable HttpStatusCode code) {
            status = code;
            return true;
        }

        @Override
        public @Nullable HttpStatusCode getStatusCode() {
            HttpStatusCode own = status;
            return own == null ? super.getStatusCode() : own;
        }

        void choose() {
            getDelegate().getHeaders().addAll(headers);
            if (status != null) {
                getDelegate().setStatusCode(status);
            }
        }
    }
}
