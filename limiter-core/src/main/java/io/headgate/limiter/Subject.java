package io.headgate.limiter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Whom a limit counts: a user, an address, a user on a route, everyone. Only a digest is kept, so neither a store nor a
 * log ever sees who it was.
 *
 * <p>The digest is the first 128 bits of SHA-256 over the typed parts, each written with its length, so that no two
 * different subjects share an encoding ({@code user=a} and {@code ip=a} differ, and so do {@code [ab, c]} and
 * {@code [a, bc]}).
 *
 * @param hi first 64 bits of the digest
 * @param lo next 64 bits of the digest
 */
public record Subject(long hi, long lo) {

    /** Every request makes a subject or two, and looking for the digest costs more than computing it. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Subject::newSha256);

    /** The one subject of a limit that everyone shares. */
    public static final Subject EVERYONE = of(List.of(new Part("everyone", "")));

    /**
     * One typed piece of a subject.
     *
     * @param kind what the value is, such as {@code user}, {@code ip} or {@code route}
     * @param value the value, already in its canonical form
     */
    public record Part(String kind, String value) {}

    /** Subject of one part. */
    public static Subject of(String kind, String value) {
        return of(List.of(new Part(kind, value)));
    }

    /** Subject of several parts, whose order matters. */
    public static Subject of(List<Part> parts) {
        MessageDigest digest = SHA_256.get();
        for (Part part : parts) {
            update(digest, part.kind());
            update(digest, part.value());
        }
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
        return new Subject(bytes.getLong(), bytes.getLong());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (bytes.length >>> shift));
        }
        digest.update(bytes);
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
