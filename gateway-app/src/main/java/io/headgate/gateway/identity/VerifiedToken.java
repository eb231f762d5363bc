package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.IdentityRules;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token that was found genuine, and the caller it means. Rules change seldom, requests with one token come often: so
 * the claims are read once for each change of the rules. Thread-safe.
 */
final class VerifiedToken {

    private final Claims claims;
    private volatile @Nullable Reading reading;

    private record Reading(IdentityRules rules, Optional<Identity> identity) {}

    VerifiedToken(Claims claims) {
        this.claims = claims;
    }

    Instant expires() {
        return claims.expires();
    }

    /** Who its bearer is by these rules; empty if the token names no user. */
    Optional<Identity> identity(IdentityRules rules) {
        Reading last = reading;
        if (last == null || !last.rules().equals(rules)) {
            Optional<Caller> caller = claims.caller(rules);
            last = new Reading(rules, caller.map(Identity.Verified::new));
            reading = last;
        }
        return last.identity();
    }
}
