package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.IdentityRules;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says. Which of its claims name the user, the tenant and the plan is the policy's business, and
 * may change while the token lives.
 *
 * @param values the claims
 * @param expires when the token ends
 */
record Claims(Map<String, Object> values, Instant expires) {

    /** The caller by these rules; empty if the token names no user. */
    Optional<Caller> caller(IdentityRules rules) {
        String user = text(rules.userClaim());
        return user == null
                ? Optional.empty()
                : Optional.of(new Caller(
                        user, text(rules.tenantClaim()), text(rules.planClaim()), texts(rules.countedClaims())));
    }

    private Map<String, String> texts(Set<String> claims) {
        if (claims.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new HashMap<>();
        for (String claim : claims) {
            String text = text(claim);
            if (text != null) {
                texts.put(claim, text);
            }
        }
        return texts;
    }

    private @Nullable String text(@Nullable String claim) {
        return claim != null && values.get(claim) instanceof String text && !text.isBlank() ? text : null;
    }
}
