package io.headgate.gateway.edge;

import io.headgate.gateway.response.ProblemCustoms;
import io.headgate.policy.match.PolicySet;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.web.server.ServerWebExchange;

/**
 * Has refusals of uploads say which protocol they speak: tus wants it in every answer, and a client takes an answer
 * without it for that of something else (tus 1.0, "Tus-Resumable").
 */
final class TusErrors implements ProblemCustoms {

    private static final Map<String, String> RESUMABLE = Map.of("Tus-Resumable", "1.0.0");

    private final Supplier<PolicySet> policies;

    TusErrors(Supplier<PolicySet> policies) {
        this.policies = policies;
    }

    @Override
    public Map<String, String> headers(ServerWebExchange exchange) {
        return policies.get().takesUploads(ExchangeFacts.of(exchange.getRequest())) ? RESUMABLE : Map.of();
    }
}
