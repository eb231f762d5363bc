package io.headgate.gateway.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that are refused though they are genuine and have not ended. One a line, so that scripts can add to the list:
 *
 * <pre>{@code
 * # lost laptop, SEC-12
 * jti 5b0e7c1c-4f0d
 * sub u_42
 * sub u_43 before 2026-11-21T15:00:00Z
 * }</pre>
 *
 * {@code jti} names one token; {@code sub} all tokens of a subject, or those issued before a moment. Immutable.
 */
final class RevokedTokens {

    /** No token at all. */
    static final RevokedTokens NONE = new RevokedTokens();

    private static final int LONGEST_SHOWN = 40;

    private final Set<String> ids = new HashSet<>();
    private final Map<String, Instant> subjects = new HashMap<>();

    private RevokedTokens() {}

    /**
     * Reads the file.
     *
     * @throws TokenListRejected naming everything that is wrong with it
     */
    static RevokedTokens read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new TokenListRejected(file + ": cannot be read: "
                    + e.getClass().getSimpleName() + " (expected: a readable list of revoked tokens, in UTF-8)");
        }
        RevokedTokens revoked = new RevokedTokens();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#") && !revoked.take(line)) {
                problems.add(file + ":" + (i + 1) + ": " + shown(line)
                        + " (expected: jti <id>, sub <subject>, or sub <subject> before 2027-01-01T12:00:00Z)");
            }
        }
        if (!problems.isEmpty()) {
            throw new TokenListRejected(String.join("\n  ", problems));
        }
        return revoked;
    }

    private static String shown(String line) {
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
    }

    private boolean take(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length == 2 && words[0].equals("jti")) {
            ids.add(words[1]);
            return true;
        } else if (words.length == 2 && words[0].equals("sub")) {
            subjects.put(words[1], Instant.MAX);
            return true;
        } else if (words.length == 4 && words[0].equals("sub") && words[2].equals("before")) {
            try {
                subjects.merge(words[1], Instant.parse(words[3]), (one, other) -> one.isAfter(other) ? one : other);
                return true;
            } catch (DateTimeException e) {
                return false;
            }
        }
        return false;
    }

    /**
     * Whether a token is among them.
     *
     * @param id its {@code jti}, if it has one
     * @param subject its {@code sub}, if it has one
     * @param issued its {@code iat}; a token that does not say counts as an old one
     */
    boolean include(@Nullable String id, @Nullable String subject, @Nullable Instant issued) {
        Instant before = subject == null ? null : subjects.get(subject);
        return (id != null && ids.contains(id)) || (before != null && (issued == null || issued.isBefore(before)));
    }

    int size() {
        return ids.size() + subjects.size();
    }
}
