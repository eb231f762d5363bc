package io.headgate.limiter.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The script that decides, and the digest Redis caches it under.
 *
 * @param source Lua text
 * @param sha1 lower-case hex SHA-1 of the text
 */
record LimitScript(String source, String sha1) {

    /** The script on the server's own clock. */
    static LimitScript onServerClock() {
        return withClock(resource("clock.lua"));
    }

    /** The script behind another text that sets {@code now} and {@code spare_ms}. */
    static LimitScript withClock(String clock) {
        String source = clock + resource("limits.lua");
        return new LimitScript(source, sha1(source));
    }

    private static String resource(String name) {
        try (InputStream in = LimitScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
