package io.headgate.load.backend;

import java.util.Base64;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Words of the tus resumable upload protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload). */
final class Tus {

    static final String VERSION = "1.0.0";
    static final String EXTENSIONS = "creation,creation-defer-length,termination";
    static final String CONTENT_TYPE = "application/offset+octet-stream";

    static final String RESUMABLE = "Tus-Resumable";
    static final String SUPPORTED = "Tus-Version";
    static final String EXTENSION = "Tus-Extension";
    static final String MAX_SIZE = "Tus-Max-Size";
    static final String UPLOAD_OFFSET = "Upload-Offset";
    static final String UPLOAD_LENGTH = "Upload-Length";
    static final String UPLOAD_DEFER_LENGTH = "Upload-Defer-Length";
    static final String UPLOAD_METADATA = "Upload-Metadata";
    static final String METHOD_OVERRIDE = "X-HTTP-Method-Override";

    private Tus() {}

    /** Reads a field that holds a count of bytes; empty if it is absent. */
    static OptionalLong bytes(String field, @Nullable String value) {
        if (value == null) {
            return OptionalLong.empty();
        }
        // At most 18 digits: no overflow.
        if (!value.matches("[0-9]{1,18}")) {
            throw new Refusal(400, field + ": " + value + " (expected: a count of bytes)");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    /** Checks an Upload-Metadata field: comma-separated pairs of a key and its Base64 value, no key twice. */
    static String metadata(@Nullable String field) {
        if (field == null || field.isBlank()) {
            return "";
        }
        Set<String> keys = new HashSet<>();
        for (String pair : field.split(",", -1)) {
            String[] words = pair.strip().split(" ", -1);
            if (words.length > 2 || words[0].isEmpty() || !keys.add(words[0])) {
                throw new Refusal(400, UPLOAD_METADATA + ": '" + pair + "' (expected: a key and its value, once each)");
            }
            if (words.length == 2) {
                requireBase64(words[0], words[1]);
            }
        }
        return field;
    }

    private static void requireBase64(String key, String value) {
        try {
            Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, UPLOAD_METADATA + ": value of " + key + " (expected: Base64)");
        }
    }
}
