package io.headgate.policy.match;

import java.util.Set;

/**
 * What a credential grants besides saying who its holder is.
 *
 * @param scopes what the holder may do on the user's behalf (RFC 6749 §3.3)
 * @param roles what the user is
 */
public record Grants(Set<String> scopes, Set<String> roles) {

    /** Nothing. */
    public static final Grants NONE = new Grants(Set.of(), Set.of());

    public Grants {
        scopes = Set.copyOf(scopes);
        roles = Set.copyOf(roles);
    }
}
