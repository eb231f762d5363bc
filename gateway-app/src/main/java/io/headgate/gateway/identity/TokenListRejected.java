package io.headgate.gateway.identity;

/** The list of revoked tokens cannot be used. */
final class TokenListRejected extends RuntimeException {

    TokenListRejected(String problems) {
        super("The list of revoked tokens cannot be used:\n  " + problems);
    }
}
