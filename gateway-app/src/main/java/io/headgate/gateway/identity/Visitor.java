package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.net.IpAddress;
import java.util.Optional;
import org.springframework.web.server.ServerWebExchange;

/**
 * Who an admitted request belongs to.
 *
 * @param caller the verified caller, or nobody in particular
 * @param plan name of the plan the policy has the caller on
 * @param ip the client's address
 */
public record Visitor(Caller caller, String plan, IpAddress ip) {

    private static final String ATTRIBUTE = Visitor.class.getName();

    /** Leaves this visitor with the exchange. */
    public void accompany(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** The visitor of an exchange; empty before it is admitted. */
    public static Optional<Visitor> of(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(ATTRIBUTE));
    }
}
