package io.headgate.gateway.cache;

import io.headgate.policy.match.StaleRule;
import java.util.Optional;
import org.springframework.web.server.ServerWebExchange;

/** Whether the answer to an exchange is kept, and for how long: what its route says, left with the exchange. */
public final class Keeping {

    private static final String ATTRIBUTE = Keeping.class.getName();

    private Keeping() {}

    /** Has the answer to this exchange kept, if the rule says so. */
    public static void by(StaleRule rule, ServerWebExchange exchange) {
        if (!rule.equals(StaleRule.NONE)) {
            exchange.getAttributes().put(ATTRIBUTE, rule);
        }
    }

    static Optional<StaleRule> of(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(ATTRIBUTE));
    }
}
