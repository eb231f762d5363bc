package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import io.headgate.policy.match.IdentityRules;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says. Which of its claims name the user, the tenant and the plan is the policy's business, and
 * may change while the token lives.
 *
 * @param values the claims
 * @param expires when the token ends
 */
record Claims(Map<String, Object> values, Instant expires) {

    private static final int REPLACEMENT = 0xfffd;

    /** The caller by these rules; empty if the token names no user. */
    Optional<Caller> caller(IdentityRules rules) {
        String user = text(rules.userClaim());
        return user == null
                ? Optional.empty()
                : Optional.of(new Caller(
                        user,
                        text(rules.tenantClaim()),
                        text(rules.planClaim()),
                        texts(rules.countedClaims()),
                        new Grants(scopes(), roles(rules.rolesClaim()))));
    }

    /** RFC 8693 §4.2 has one text with spaces between the scopes; some issuers write {@code scp}, and some of them a list. */
    private Set<String> scopes() {
        Object stated = values.containsKey("scope") ? values.get("scope") : values.get("scp");
        return stated instanceof String words ? words(words.split(" ")) : listed(stated);
    }

    private Set<String> roles(@Nullable String claim) {
        if (claim == null) {
            return Set.of();
        }
        Object stated = values.containsKey(claim) ? values.get(claim) : within(values, claim);
        return stated instanceof String role ? words(role) : listed(stated);
    }

    /** What stands at {@code a.b}: {@code b} within the object {@code a}. */
    private static @Nullable Object within(Map<?, ?> object, String way) {
        int dot = way.indexOf('.');
        if (dot < 0) {
            return object.get(way);
        }
        return object.get(way.substring(0, dot)) instanceof Map<?, ?> inner
                ? within(inner, way.substring(dot + 1))
                : null;
    }

    private static Set<String> listed(@Nullable Object list) {
        return list instanceof Collection<?> several
                ? words(several.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toArray(String[]::new))
                : Set.of();
    }

    private static Set<String> words(String... words) {
        return Stream.of(words).filter(word -> !word.isBlank()).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether this is one of the revoked tokens. */
    boolean areOf(RevokedTokens revoked) {
        Instant issued = values.get("iat") instanceof Date date ? date.toInstant() : null;
        return revoked.include(text("jti"), text("sub"), issued);
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
        return claim != null && values.get(claim) instanceof String text && isName(text) ? text : null;
    }

    /** Not with half a character, nor with one that stands for bytes that were none: others would read the same. */
    private static boolean isName(String text) {
        return !text.isBlank()
                && text.codePoints()
                        .noneMatch(point -> point == REPLACEMENT
                                || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
    }
}
