package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.IdentityRules;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Says who is calling, by the credential of a request. */
public final class Authentication {

    private static final Identity ANONYMOUS = new Identity.Verified(Caller.ANONYMOUS);

    private final Supplier<ApiKeys> apiKeys;
    private final @Nullable BearerTokens bearerTokens;

    /** @param bearerTokens {@code null} if no issuer is configured */
    Authentication(Supplier<ApiKeys> apiKeys, @Nullable BearerTokens bearerTokens) {
        this.apiKeys = apiKeys;
        this.bearerTokens = bearerTokens;
    }

    /**
     * What can be said at once. Never blocks, and costs at most one digest.
     *
     * @param query the query of the request, as it stands in the target; {@code null} if there is none
     */
    public Identity look(HttpHeaders headers, @Nullable String query, IdentityRules rules) {
        Credential credential = Credential.of(headers, query);
        if (credential instanceof Credential.None) {
            return ANONYMOUS;
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
