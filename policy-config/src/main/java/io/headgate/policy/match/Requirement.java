package io.headgate.policy.match;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a route requires of its callers.
 *
 * @param signedIn whether they have to be somebody
 * @param plans the plans it is part of; empty if the plan does not matter
 * @param scopes what the credential must have been given, all of it
 * @param roles of which the caller needs one; empty if roles do not matter
 */
public record Requirement(boolean signedIn, List<String> plans, List<String> scopes, List<String> roles) {

    /** Nothing: the route is for everybody. */
    public static final Requirement NONE = new Requirement(false, List.of(), List.of(), List.of());

    /** Requires a caller with scopes or roles to be somebody: nobody has none of them. */
    public Requirement {
        plans = List.copyOf(plans);
        scopes = List.copyOf(scopes);
        roles = List.copyOf(roles);
        signedIn = signedIn || !scopes.isEmpty() || !roles.isEmpty();
    }

    /**
     * Whether a caller meets it.
     *
     * @param plan name of the plan that the policy has the caller on
     */
    Access access(Caller caller, String plan) {
        boolean planFits = plans.isEmpty() || plans.contains(plan);
        if (caller.anonymous() && (signedIn || !planFits)) {
            return new Access.NeedsCredential();
        } else if (!planFits) {
            return new Access.NeedsPlan(plans);
        } else if (!caller.grants().scopes().containsAll(scopes)) {
            return new Access.NeedsScopes(scopes);
        } else if (!roles.isEmpty()
                && roles.stream().noneMatch(role -> caller.grants().roles().contains(role))) {
            return new Access.NeedsRole(roles);
        }
        return Access.GRANTED;
    }

    /** In the words of the policy; no word for none. */
    @Override
    public String toString() {
        String parts = Stream.of(listed("plans", plans), listed("scopes", scopes), listed("roles", roles))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
        return parts.isEmpty() && signedIn ? "signed-in" : parts;
    }

    private static Optional<String> listed(String what, List<String> names) {
        return names.isEmpty() ? Optional.empty() : Optional.of(what + ": [" + String.join(", ", names) + "]");
    }
}
