package io.headgate.gateway.identity;

import io.headgate.policy.match.IdentityRules;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Says who is calling, by the credential of a request. */
public final class Authentication {

    private final Supplier<ApiKeys> apiKeys;
    private final @Nullable BearerTokens bearerTokens;
    private final @Nullable ClientCertificates certificates;

    /**
     * @param bearerTokens {@code null} if no issuer is configured
     * @param certificates {@code null} if certificates name nobody
     */
    Authentication(
            Supplier<ApiKeys> apiKeys, @Nullable BearerTokens bearerTokens, @Nullable ClientCertificates certificates) {
        this.apiKeys = apiKeys;
        this.bearerTokens = bearerTokens;
        this.certificates = certificates;
    }

    /**
     * What can be said at once. Never blocks, and costs at most one digest. What a request presents itself goes before the
     * certificate of its connection, which others may share.
     */
    public Identity look(ServerHttpRequest request, IdentityRules rules) {
        Credential credential =
                Credential.of(request.getHeaders(), request.getURI().getRawQuery());
        if (credential instanceof Credential.None) {
            return certificates == null ? Identity.ANONYMOUS : certificates.look(request.getSslInfo());
        } else if (credential instanceof Credential.ApiKey key) {
            return apiKeys.get()
                    .caller(key.key())
                    .<Identity>map(Identity.Verified::new)
                    .orElseGet(() -> new Identity.Rejected(AuthenticationFailure.BAD_API_KEY));
        } else if (credential instanceof Credential.Bearer bearer) {
            return bearerTokens == null
                    ? new Identity.Rejected(AuthenticationFailure.BAD_TOKEN)
                    : bearerTokens.look(new BearerToken(bearer.token()), rules);
        }
        return new Identity.Rejected(((Credential.Unusable) credential).failure());
    }

    /** Verifies what a look could not: never {@link Identity.Unchecked} again. Completes on another thread. */
    public CompletionStage<Identity> verify(Identity.Unchecked unchecked, IdentityRules rules) {
        return bearerTokens == null
                ? CompletableFuture.completedFuture(new Identity.Rejected(AuthenticationFailure.BAD_TOKEN))
                : bearerTokens.verify(unchecked.token(), rules);
    }
}
