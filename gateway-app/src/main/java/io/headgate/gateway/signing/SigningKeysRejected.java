package io.headgate.gateway.signing;

/** The file of keys cannot be used. */
public final class SigningKeysRejected extends RuntimeException {

    SigningKeysRejected(String problems) {
        super("The signing keys cannot be used:\n  " + problems);
    }
}
