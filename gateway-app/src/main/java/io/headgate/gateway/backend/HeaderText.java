package io.headgate.gateway.backend;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A name as the value of a header field. Whatever is no visible character of ASCII, and the percent sign, is the percent
 * encoding of its bytes in UTF-8: a field could not carry it, or not so that two names stay two.
 */
final class HeaderText {

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private HeaderText() {}

    static @Nullable String of(@Nullable String name) {
        if (name == null || name.chars().allMatch(HeaderText::isPlain)) {
            return name;
        }
        StringBuilder text = new StringBuilder(name.length() + 16);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                text.append((char) b);
            } else {
                text.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
            }
        }
        return text.toString();
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 0x7f && c != '%';
    }
}
