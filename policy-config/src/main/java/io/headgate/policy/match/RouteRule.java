package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.util.List;
import java.util.Optional;

/**
 * A route: which requests, and what they have to fit.
 *
 * @param name its name
 * @param pattern which requests
 * @param limits what they have to fit, in the order the route lists it
 * @param require what its callers have to be, besides within the limits
 * @param session which session its requests belong to, if slots are held by sessions
 * @param protocol what its requests are part of
 * @param stale how long after their time its answers may be given
 * @param place where it is declared
 */
public record RouteRule(
        String name,
        RoutePattern pattern,
        List<LimitUse> limits,
        Requirement require,
        Optional<SessionKey> session,
        Protocol protocol,
        StaleRule stale,
        Place place) {
    public RouteRule {
        limits = List.copyOf(limits);
    }
}
