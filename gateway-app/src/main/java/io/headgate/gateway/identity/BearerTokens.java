package io.headgate.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.headgate.gateway.identity.TokenVerifier.Outcome;
import io.headgate.policy.match.IdentityRules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Bearer tokens, each verified once: what a token says is remembered, by digest, until it expires, but not for longer
 * than {@link #REMEMBERED}. Keys are that fresh again when a token is verified, so a key that the issuer withdraws has
 * taken its tokens along within twice that time.
 */
final class BearerTokens {

    /** How long a verification holds. */
    static final Duration REMEMBERED = IssuerKeys.FRESH;

    private static final int MOST_REMEMBERED = 50_000;

    private final IssuerKeys keys;
    private final TokenVerifier verifier;
    private final Supplier<RevokedTokens> revoked;
    private final Executor executor;
    private final InstantSource clock;
    private final Cache<Sha256, VerifiedToken> verified;

    /**
     * Tokens judged by {@code verifier} with {@code keys}.
     *
     * @param revoked tokens that are refused all the same
     * @param executor where signatures are checked; bounded, so that a flood of tokens cannot pile up
     */
    BearerTokens(
            IssuerKeys keys,
            TokenVerifier verifier,
            Supplier<RevokedTokens> revoked,
            Executor executor,
            InstantSource clock) {
        this.keys = keys;
        this.verifier = verifier;
        this.revoked = revoked;
        this.executor = executor;
        this.clock = clock;
        this.verified = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfter(Expiry.creating((Sha256 digest, VerifiedToken token) -> remembered(token)))
                .build();
    }

    private Duration remembered(VerifiedToken token) {
        Duration life = Duration.between(clock.instant(), token.expires());
        Duration bounded = life.compareTo(REMEMBERED) > 0 ? REMEMBERED : life;
        return bounded.isNegative() ? Duration.ZERO : bounded;
    }

    /** What is known of the token without verifying it: all, if that was done before. */
    Identity look(BearerToken token, IdentityRules rules) {
        VerifiedToken known = verified.getIfPresent(token.digest());
        return known == null || isOver(known) ? new Identity.Unchecked(token) : identity(known, rules);
    }

    /** Verifies the token, off the calling thread; one too many is as good as one without keys. */
    CompletionStage<Identity> verify(BearerToken token, IdentityRules rules) {
        return keys.refreshed()
                .thenApplyAsync(done -> judge(token), executor)
                .thenCompose(outcome -> outcome instanceof Outcome.UnknownKey
                        ? keys.fetched().thenApplyAsync(done -> judge(token), executor)
                        : CompletableFuture.completedStage(outcome))
                .thenApply(outcome -> identity(token, outcome, rules))
                .exceptionally(BearerTokens::oneTooMany);
    }

    private Outcome judge(BearerToken token) {
        return keys.known().map(known -> verifier.verify(token, known)).orElseGet(Outcome.UnknownKey::new);
    }

    private Identity identity(BearerToken token, Outcome outcome, IdentityRules rules) {
        if (outcome instanceof Outcome.Genuine genuine) {
            VerifiedToken known = new VerifiedToken(genuine.claims());
            verified.put(token.digest(), known);
            return identity(known, rules);
        }
        return new Identity.Rejected(
                keys.known().isPresent() ? AuthenticationFailure.BAD_TOKEN : AuthenticationFailure.NO_KEYS);
    }

    private static Identity oneTooMany(Throwable error) {
        Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
        if (cause instanceof RejectedExecutionException) {
            return new Identity.Rejected(AuthenticationFailure.NO_KEYS);
        }
        throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
    }

    private Identity identity(VerifiedToken token, IdentityRules rules) {
        return token.identity(rules, revoked.get())
                .orElseGet(() -> new Identity.Rejected(AuthenticationFailure.BAD_TOKEN));
    }

    private boolean isOver(VerifiedToken token) {
        return !clock.instant().isBefore(token.expires());
    }
}
