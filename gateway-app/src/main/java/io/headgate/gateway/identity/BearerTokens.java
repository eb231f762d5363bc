package io.headgate.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.headgate.policy.match.IdentityRules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Bearer tokens, each verified once: what a token says is remembered, by digest, until it expires, but no longer than
 * the issuer's keys are, so that a key that the issuer withdraws takes its tokens along.
 */
final class BearerTokens {

    private static final int MOST_REMEMBERED = 50_000;

    private final TokenVerifier verifier;
    private final Executor executor;
    private final InstantSource clock;
    private final Cache<Sha256, Claims> verified;

    /**
     * Tokens judged by {@code verifier}.
     *
     * @param executor where verification may block; bounded, so that a flood of tokens cannot pile up
     */
    BearerTokens(TokenVerifier verifier, Executor executor, InstantSource clock) {
        this.verifier = verifier;
        this.executor = executor;
        this.clock = clock;
        this.verified = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfter(Expiry.creating((Sha256 digest, Claims claims) -> remembered(claims)))
                .build();
    }

    private Duration remembered(Claims claims) {
        Duration life = Duration.between(clock.instant(), claims.expires());
        Duration bounded = life.compareTo(TokenVerifier.KEYS_LIVE) > 0 ? TokenVerifier.KEYS_LIVE : life;
        return bounded.isNegative() ? Duration.ZERO : bounded;
    }

    /** What is known of the token without verifying it: all, if that was done before. */
    Identity look(BearerToken token, IdentityRules rules) {
        Claims claims = verified.getIfPresent(token.digest());
        return claims == null || isOver(claims) ? new Identity.Unchecked(token) : identity(claims, rules);
    }

    /** Verifies the token, off the calling thread; one too many is as good as one without keys. */
    CompletionStage<Identity> verify(BearerToken token, IdentityRules rules) {
        try {
            return CompletableFuture.supplyAsync(() -> judge(token, rules), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new Identity.Rejected(AuthenticationFailure.NO_KEYS));
        }
    }

    private Identity judge(BearerToken token, IdentityRules rules) {
        TokenVerifier.Outcome outcome = verifier.verify(token);
        if (outcome instanceof TokenVerifier.Outcome.Genuine genuine) {
            verified.put(token.digest(), genuine.claims());
            return identity(genuine.claims(), rules);
        }
        return new Identity.Rejected(
                outcome instanceof TokenVerifier.Outcome.NoKeys
                        ? AuthenticationFailure.NO_KEYS
                        : AuthenticationFailure.BAD_TOKEN);
    }

    private static Identity identity(Claims claims, IdentityRules rules) {
        return claims.caller(rules)
                .<Identity>map(Identity.Verified::new)
                .orElseGet(() -> new Identity.Rejected(AuthenticationFailure.BAD_TOKEN));
    }

    private boolean isOver(Claims claims) {
        return !clock.instant().isBefore(claims.expires());
    }
}
