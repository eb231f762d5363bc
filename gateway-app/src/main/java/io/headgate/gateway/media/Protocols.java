package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.Protocol;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Carries an admitted request on as what it is part of. */
public final class Protocols {

    private final LimitGate gate;

    Protocols(LimitGate gate) {
        this.gate = gate;
    }

    /**
     * Hands the request on.
     *
     * @param plan what it has been admitted by
     */
    public Mono<Void> carry(ServerWebExchange exchange, WebFilterChain chain, LimitPlan plan) {
        if (plan.protocol() instanceof Protocol.Tus tus) {
            return chain.filter(slowed(exchange, plan, tus));
        }
        return chain.filter(exchange);
    }

    private ServerWebExchange slowed(ServerWebExchange exchange, LimitPlan plan, Protocol.Tus tus) {
        SlowedBody body = SlowedBody.of(exchange.getRequest(), plan, tus, gate);
        return body.isSlowed() ? exchange.mutate().request(body).build() : exchange;
    }
}
