package io.headgate.gateway.edge;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** A request as policies see it. */
final class ExchangeFacts {

    private static final IpAddress ANYWHERE = IpAddress.parse("0.0.0.0").orElseThrow();

    private ExchangeFacts() {}

    /** The request by this caller, with the method that it means. */
    static RequestFacts of(ServerHttpRequest request, HttpMethod method, IpAddress ip, Caller caller) {
        return new RequestFacts(
                method.name(),
                RequestHost.of(request.getURI()),
                request.getURI().getRawPath(),
                Objects.requireNonNullElse(request.getURI().getRawQuery(), ""),
                name -> field(request.getHeaders(), name),
                ip,
                caller);
    }

    /** The request, whoever sends it from wherever. */
    static RequestFacts of(ServerHttpRequest request) {
        return of(request, request.getMethod(), ANYWHERE, Caller.ANONYMOUS);
    }

    private static @Nullable String field(HttpHeaders headers, String name) {
        List<String> values = headers.get(name);
        if (values == null || values.isEmpty()) {
            return null;
        }
        return values.size() == 1 ? values.get(0) : String.join(", ", values);
    }
}
