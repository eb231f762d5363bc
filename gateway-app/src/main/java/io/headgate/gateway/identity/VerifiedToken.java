package io.headgate.gateway.identity;

import com.nimbusds.jose.jwk.JWK;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.IdentityRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token that was found genuine, and the caller it means. Rules and revocations change seldom, requests with one token come
 * often: so the claims are read once for each change of these. Thread-safe.
 */
final class VerifiedToken {

    private final Claims claims;
    private final List<JWK> keys;
    private volatile @Nullable Reading reading;

    private record Reading(IdentityRules rules, RevokedTokens revoked, Optional<Identity> identity) {}

    /** @param keys one of which has signed it */
    VerifiedToken(Claims claims, List<JWK> keys) {
        this.claims = claims;
        this.keys = keys;
    }

    /** The keys to be held against its signature when it was verified: those that its header fits. */
    List<JWK> keys() {
        return keys;
    }

    Instant expires() {
        return claims.expires();
    }

    boolean isAmong(RevokedTokens revoked) {
        return claims.areOf(revoked);
    }

    /** Who its bearer is by these rules; empty if the token names no user, or is revoked. */
    Optional<Identity> identity(IdentityRules rules, RevokedTokens revoked) {
        Reading last = reading;
        if (last == null || last.revoked() != revoked || !last.rules().equals(rules)) {
            Optional<Caller> caller = isAmong(revoked) ? Optional.empty() : claims.caller(rules);
            last = new Reading(rules, revoked, caller.map(Identity.Verified::new));
            reading = last;
        }
        return last.identity();
    }
}
