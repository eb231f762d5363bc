package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;

/** What is known of a caller. */
public sealed interface Identity {

    /** Nobody in particular. */
    Identity ANONYMOUS = new Verified(Caller.ANONYMOUS);

    /** Verified, or nobody in particular because no credential was presented. */
    record Verified(Caller caller) implements Identity {}

    /** A credential was presented and is not accepted. */
    record Rejected(AuthenticationFailure failure) implements Identity {}

    /** A bearer token whose signature has to be checked, which takes more than a look. */
    record Unchecked(BearerToken token) implements Identity {}
}
