package io.headgate.gateway.edge;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A path that means the same to everybody who will look at it: to the policy, to the router and to the backend.
 *
 * <p>Percent-encoding is normalised as RFC 3986 §6.2.2 has it (unreserved characters plain, hex digits in upper case).
 * Whatever one server reads differently from the next is {@link Ambiguous} and goes nowhere: dot segments, empty
 * segments, path parameters, backslashes, control characters, and encodings of any of them.
 */
sealed interface CanonicalPath {

    /** The one spelling of the path. */
    record Clear(String path) implements CanonicalPath {}

    /** Refused, and why. */
    record Ambiguous(String why) implements CanonicalPath {}

    /** Judges the path of a request as it came, without query. */
    static CanonicalPath of(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return new Ambiguous("it does not begin with a slash");
        }
        StringBuilder path = new StringBuilder(raw.length());
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int octet = octet(raw, i);
                if (octet < 0) {
                    return new Ambiguous("a percent sign is not followed by two hexadecimal digits");
                }
                if (hidesMeaning(octet)) {
                    return new Ambiguous("it encodes a character that must not be encoded");
                }
                i += 2;
                if (unreserved(octet)) {
                    path.append((char) octet);
                } else {
                    path.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) octet));
                }
                decoded.write(octet);
            } else if (c == '/' || unreserved(c) || c == '.' || "!$&'()*+,=:@".indexOf(c) >= 0) {
                path.append(c);
                decoded.write(c);
            } else {
                return new Ambiguous("it contains a character that does not belong there");
            }
        }
        String canonical = path.toString();
        if (isEncodedTwice(canonical)) {
            return new Ambiguous("it is encoded twice");
        }
        if (hasOddSegment(canonical)) {
            return new Ambiguous("it contains an empty segment or a dot segment");
        }
        if (!isUtf8(decoded.toByteArray())) {
            return new Ambiguous("its percent-encoding is not UTF-8");
        }
        return new Clear(canonical.equals(raw) ? raw : canonical);
    }

    /** The octet that the two hexadecimal digits after {@code at} stand for; -1 if they are none. */
    private static int octet(String raw, int at) {
        if (at + 2 >= raw.length()) {
            return -1;
        }
        // Not Character.digit, which knows digits beyond ASCII.
        char high = raw.charAt(at + 1);
        char low = raw.charAt(at + 2);
        return HexFormat.isHexDigit(high) && HexFormat.isHexDigit(low)
                ? (HexFormat.fromHexDigit(high) << 4) | HexFormat.fromHexDigit(low)
                : -1;
    }

    private static boolean hidesMeaning(int octet) {
        return octet < 0x20 || octet == 0x7f || octet == '/' || octet == '\\' || octet == '.' || octet == ';';
    }

    private static boolean isEncodedTwice(String canonical) {
        int percent = canonical.indexOf("%25");
        while (percent >= 0 && octet(canonical, percent + 2) < 0) {
            percent = canonical.indexOf("%25", percent + 3);
        }
        return percent >= 0;
    }

    private static boolean unreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '~';
    }

    private static boolean hasOddSegment(String path) {
        int start = 1;
        while (start < path.length()) {
            int end = path.indexOf('/', start);
            boolean last = end < 0;
            int length = (last ? path.length() : end) - start;
            if (length == 0
                    || (length == 1 && path.charAt(start) == '.')
                    || (length == 2 && path.startsWith("..", start))) {
                return true;
            }
            if (last) {
                return false;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
