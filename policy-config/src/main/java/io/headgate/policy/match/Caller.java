package io.headgate.policy.match;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as far as it has been verified. Never built from a mere claim.
 *
 * @param user stable id of the user, {@code null} for an anonymous caller
 * @param tenant organisation the user belongs to, if known
 * @param plan plan the credential names, if it names one; the policy decides what an absent or unknown name means
 * @param claims further claims of the credential that the policy counts by, as far as it has them
 * @param grants what the credential grants
 */
public record Caller(
        @Nullable String user,
        @Nullable String tenant,
        @Nullable String plan,
        Map<String, String> claims,
        Grants grants) {

    /** Nobody in particular: no credential was presented. */
    public static final Caller ANONYMOUS = new Caller(null, null, null);

    public Caller {
        claims = Map.copyOf(claims);
    }

    /** A caller of whom no further claims matter. */
    public Caller(@Nullable String user, @Nullable String tenant, @Nullable String plan) {
        this(user, tenant, plan, Map.of());
    }

    /** A caller whose credential grants nothing in particular. */
    public Caller(@Nullable String user, @Nullable String tenant, @Nullable String plan, Map<String, String> claims) {
        this(user, tenant, plan, claims, Grants.NONE);
    }

    /** Whether there is no verified user. */
    public boolean anonymous() {
        return user == null;
    }
}
