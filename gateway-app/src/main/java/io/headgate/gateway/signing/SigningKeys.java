package io.headgate.gateway.signing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that something is signed with, one a line. The first one signs; all of them are good for checking, so that a
 * new one is added below, moved up once everybody who checks has it, and the old one removed when what it signed has expired.
 *
 * <pre>{@code
 * # name and at least 32 random bytes in Base64, as from: openssl rand -base64 32
 * k2 2bd1hMZ6Q0Gv0nJH1n0vN4J1f1X8y2xS3rY0c9k5uJc=
 * k1 s4k0oQm3v9V1w1zZVx7m0yq8e2w3rT6yU8iO0pA1sD4=
 * }</pre>
 *
 * Immutable.
 */
public final class SigningKeys {

    private static final String ALGORITHM = "HmacSHA256";

    /** As many as the digest has; a longer one is no stronger (RFC 2104, section 3). */
    private static final int FEWEST_BYTES = 32;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    private final Map<String, SecretKeySpec> keys;
    private final String first;

    private SigningKeys(Map<String, SecretKeySpec> keys, String first) {
        this.keys = keys;
        this.first = first;
    }

    /**
     * Reads the file.
     *
     * @throws SigningKeysRejected naming everything that is wrong with it, and no secret
     */
    public static SigningKeys read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new SigningKeysRejected(file + ": cannot be read: "
                    + e.getClass().getSimpleName() + " (expected: a readable file, in UTF-8)");
        }
        Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#") && !take(line, keys)) {
                problems.add(
                        file + ":" + (i + 1) + ": not a key (expected: a name of its own, of letters and digits, and at"
                                + " least " + FEWEST_BYTES + " bytes in Base64)");
            }
        }
        if (keys.isEmpty() && problems.isEmpty()) {
            problems.add(file + ": no key (expected: at least one)");
        }
        if (!problems.isEmpty()) {
            throw new SigningKeysRejected(String.join("\n  ", problems));
        }
        return new SigningKeys(keys, keys.keySet().iterator().next());
    }

    private static boolean take(String line, Map<String, SecretKeySpec> keys) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 2 || !NAME.matcher(words[0]).matches() || keys.containsKey(words[0])) {
            return false;
        }
        try {
            byte[] secret = Base64.getDecoder().decode(words[1]);
            if (secret.length < FEWEST_BYTES) {
                return false;
            }
            keys.put(words[0], new SecretKeySpec(secret, ALGORITHM));
            return true;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** How many there are. */
    public int size() {
        return keys.size();
    }

    /** Name of the one that signs. */
    String signing() {
        return first;
    }

    Optional<SecretKeySpec> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /** HMAC-SHA256 (RFC 2104). */
    static byte[] digest(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
