package io.headgate.policy.match;

import java.util.List;

/** Whether a caller may use a route at all, limits aside. */
public sealed interface Access {

    /** The usual answer. */
    Access GRANTED = new Granted();

    /** It may. */
    record Granted() implements Access {}

    /** Nobody can tell before the caller says who it is. */
    record NeedsCredential() implements Access {}

    /**
     * Its plan does not include the route.
     *
     * @param plans those that do
     */
    record NeedsPlan(List<String> plans) implements Access {}

    /**
     * Its credential was not given some of the scopes.
     *
     * @param scopes all that the route requires
     */
    record NeedsScopes(List<String> scopes) implements Access {}

    /**
     * It has none of the roles.
     *
     * @param roles any of which would do
     */
    record NeedsRole(List<String> roles) implements Access {}
}
