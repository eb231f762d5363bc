package io.headgate.gateway.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What a request presents to say who is calling; nothing of it is verified yet. */
sealed interface Credential {

    /** Header that carries an API key. */
    String API_KEY_HEADER = "X-API-Key";

    /** Nothing. */
    record None() implements Credential {}

    /** An API key. */
    record ApiKey(String key) implements Credential {}

    /** A bearer token. */
    record Bearer(String token) implements Credential {}

    /** Something that cannot be judged. */
    record Unusable(AuthenticationFailure failure) implements Credential {}

    /**
     * Reads the credential of a request. Two credentials are none: nobody could say whose request it is. One in the query
     * is none either, or clients would go on sending it there.
     *
     * @param query the query as it stands in the target, {@code null} if there is none
     */
    static Credential of(HttpHeaders headers, @Nullable String query) {
        if (query != null && QueryCredential.isIn(query)) {
            return new Unusable(AuthenticationFailure.IN_QUERY);
        }
        List<String> keys = headers.get(API_KEY_HEADER);
        List<String> authorizations = headers.get(HttpHeaders.AUTHORIZATION);
        int count = size(keys) + size(authorizations);
        if (count == 0) {
            return new None();
        }
        if (count > 1) {
            return new Unusable(AuthenticationFailure.TWO_CREDENTIALS);
        }
        if (keys != null && !keys.isEmpty()) {
            return new ApiKey(keys.get(0));
        }
        String authorization = authorizations == null ? "" : authorizations.get(0);
        boolean bearer = authorization.regionMatches(true, 0, "Bearer ", 0, 7);
        return bearer
                ? new Bearer(authorization.substring(7).strip())
                : new Unusable(AuthenticationFailure.UNKNOWN_SCHEME);
    }

    private static int size(@Nullable List<String> values) {
        return values == null ? 0 : values.size();
    }
}
