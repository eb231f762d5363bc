package io.headgate.gateway.identity;

/** A bearer token as presented, not verified. */
public final class BearerToken {

    private final String serialized;
    private final Sha256 digest;

    BearerToken(String serialized) {
        this.serialized = serialized;
        this.digest = Sha256.of(serialized);
    }

    String serialized() {
        return serialized;
    }

    /** What the token is remembered by. */
    Sha256 digest() {
        return digest;
    }
}
