package io.headgate.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.headgate.policy.match.IdentityRules;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens, each verified once: what a token says is remembered, by digest, until it expires or the issuer no longer
 * publishes the key that signed it.
 */
final class BearerTokens {

    private static final Identity BAD = new Identity.Rejected(AuthenticationFailure.BAD_TOKEN);
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
        // Tokens that are over are left to the bound: ending them on time makes each look dearer.
        // What looks leave to be done, one of them does, and wakes no other thread.
        this.verified = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .executor(Runnable::run)
                .build();
    }

    /**
     * What is known of the token without checking its signature: all, if that was done before, or that there is no point in
     * doing it. A flood of tokens by keys that nobody has costs no thread but the asking one.
     */
    Identity look(BearerToken token, IdentityRules rules) {
        VerifiedToken known = verified.getIfPresent(token.digest());
        if (known != null && !isOver(known) && keys.have(known.keys())) {
            return identity(known, rules);
        }
        // Not of one that is known, which had that shape when it was verified.
        if (!token.isSigned()) {
            return BAD;
        }
        return token.header()
                .<Identity>map(header -> keys.surelyLack(header.getKeyID()) ? BAD : new Identity.Unchecked(token))
                .orElse(BAD);
    }

    /** Verifies the token, off the calling thread; one too many is as good as one without keys. */
    CompletionStage<Identity> verify(BearerToken token, IdentityRules rules) {
        return token.header()
                .map(header -> verify(token, header.getKeyID(), rules))
                .orElseGet(() -> CompletableFuture.completedStage(BAD));
    }

    private CompletionStage<Identity> verify(BearerToken token, @Nullable String key, IdentityRules rules) {
        return keys.sought(key)
                .thenCompose(done -> judge(token, key))
                .thenApply(known -> identity(token, known, rules))
                .exceptionally(BearerTokens::oneTooMany);
    }

    private CompletionStage<Optional<VerifiedToken>> judge(BearerToken token, @Nullable String key) {
        return keys.have(key)
                ? CompletableFuture.supplyAsync(
                        () -> keys.known().flatMap(known -> verifier.verify(token, known)), executor)
                : CompletableFuture.completedStage(Optional.empty());
    }

    private Identity identity(BearerToken token, Optional<VerifiedToken> known, IdentityRules rules) {
        if (known.isPresent()) {
            verified.put(token.digest(), known.get());
            return identity(known.get(), rules);
        }
        return keys.known().isPresent() ? BAD : new Identity.Rejected(AuthenticationFailure.NO_KEYS);
    }

    private static Identity oneTooMany(Throwable error) {
        Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
        if (cause instanceof RejectedExecutionException) {
            return new Identity.Rejected(AuthenticationFailure.NO_KEYS);
        }
        throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
    }

    private Identity identity(VerifiedToken token, IdentityRules rules) {
        return token.identity(rules, revoked.get()).orElse(BAD);
    }

    private boolean isOver(VerifiedToken token) {
        return !clock.instant().isBefore(token.expires());
    }
}
