package io.headgate.gateway.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 digest of a secret: all that is ever kept of one. Equality takes the same time wherever two differ. */
final class Sha256 {

    static final int LENGTH = 32;

    /** To be copied, which costs less than to look for a provider again with each request. */
    private static final MessageDigest FRESH = fresh();

    private final byte[] bytes;

    Sha256(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("digest: " + bytes.length + " bytes (expected: " + LENGTH + ")");
        }
        this.bytes = bytes.clone();
    }

    static Sha256 of(String secret) {
        try {
            MessageDigest digest = (MessageDigest) FRESH.clone();
            return new Sha256(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the SHA-256 of this Java platform cannot be copied", e);
        }
    }

    private static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The digest as files have it. */
    String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256 that && MessageDigest.isEqual(bytes, that.bytes);
    }

    /** Some of the digest's own bits, which are as good as any hash of them. */
    @Override
    public int hashCode() {
        return ByteBuffer.wrap(bytes).getInt();
    }

    /** Says nothing of the digest: a reader of logs could look up a weak secret by it. */
    @Override
    public String toString() {
        return "Sha256";
    }
}
