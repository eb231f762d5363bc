package io.headgate.gateway.signing;

/** The file of keys cannot be used. */
public final class UrlKeysRejected extends RuntimeException {

    UrlKeysRejected(String problems) {
        super("The keys that sign addresses cannot be used:\n  " + problems);
    }
}
