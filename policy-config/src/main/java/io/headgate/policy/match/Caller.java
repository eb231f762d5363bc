package io.headgate.policy.match;

import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as far as it has been verified. Never built from a mere claim.
 *
 * @param user stable id of the user, {@code null} for an anonymous caller
 * @param tenant organisation the user belongs to, if known
 * @param plan plan the credential names, if it names one; the policy decides what an absent or unknown name means
 */
public record Caller(
        @Nullable String user,
        @Nullable String tenant,
        @Nullable String plan) {

    /** Nobody in particular: no credential was presented. */
    public static final Caller ANONYMOUS = new Caller(null, null, null);

    /** Whether there is no verified user. */
    public boolean anonymous() {
        return user == null;
    }
}
