package io.headgate.gateway.signing;

import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;

/**
 * Paths with a signature among their segments, {@code /play/film/~k1.67a1b2c3.<signature>/master.m3u8}: whoever has one may
 * read what is under {@code /play/film/} until then. Since it is a segment, what a playlist names relative to itself has it
 * too, and no playlist has to be rewritten. HMAC-SHA256 (RFC 2104) over the expiry and all that stands before the segment.
 *
 * <p>Thread-safe.
 */
public final class SignedPaths {

    private static final Pattern SEGMENT =
            Pattern.compile("/~([A-Za-z0-9_-]{1,32})\\.([0-9a-f]{1,12})\\.([A-Za-z0-9_-]{43})(?=/|$)");

    /** What is signed is nothing else than this, whatever else the key may sign one day. */
    private static final String PURPOSE = "headgate signed path 1\n";

    private final Supplier<SigningKeys> keys;
    private final InstantSource clock;

    /** @param keys those that hold now */
    public SignedPaths(Supplier<SigningKeys> keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** What a path turns out to be. */
    public sealed interface Opened {

        /** It has no signature. */
        record Unsigned() implements Opened {}

        /**
         * It has one that is good for it.
         *
         * @param path the path without it
         */
        record Good(String path) implements Opened {}

        /**
         * It has one that is not.
         *
         * @param path the path without it
         * @param expired whether it was good once
         */
        record Bad(String path, boolean expired) implements Opened {}
    }

    /**
     * Signs a path.
     *
     * @param scope the part of the path that the signature is for, up to and with a slash
     * @param until when it ends, to the second
     */
    public String sign(String path, String scope, Instant until) {
        if (!scope.endsWith("/") || !path.startsWith(scope)) {
            throw new IllegalArgumentException(
                    "scope: " + scope + " (expected: the begin of " + path + ", to a slash)");
        }
        SigningKeys now = keys.get();
        String expiry = Long.toHexString(until.getEpochSecond());
        SecretKeySpec key = now.find(now.signing()).orElseThrow();
        String signature = Base64.getUrlEncoder().withoutPadding().encodeToString(signature(key, expiry, scope));
        return scope + "~" + now.signing() + "." + expiry + "." + signature + "/" + path.substring(scope.length());
    }

    /** Looks for a signature in a path, and at it. */
    public Opened open(String path) {
        if (path.indexOf('~') < 0) {
            return new Opened.Unsigned();
        }
        Matcher segment = SEGMENT.matcher(path);
        if (!segment.find()) {
            return new Opened.Unsigned();
        }
        String scope = path.substring(0, segment.start() + 1);
        String rest = path.substring(Math.min(path.length(), segment.end() + 1));
        String plain = scope + rest;
        if (SEGMENT.matcher(plain).find()) {
            return new Opened.Bad(plain, false);
        }
        String expiry = segment.group(2);
        byte[] given = Base64.getUrlDecoder().decode(segment.group(3));
        boolean genuine = keys.get()
                .find(segment.group(1))
                .filter(key -> MessageDigest.isEqual(signature(key, expiry, scope), given))
                .isPresent();
        boolean expired = clock.instant().getEpochSecond() >= Long.parseLong(expiry, 16);
        return genuine && !expired ? new Opened.Good(plain) : new Opened.Bad(plain, genuine);
    }

    private static byte[] signature(SecretKeySpec key, String expiry, String scope) {
        return SigningKeys.digest(key, PURPOSE + expiry + "\n" + scope);
    }
}
