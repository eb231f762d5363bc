package io.headgate.gateway.netty;

/** The classes of bytes that HTTP/1 is made of (RFC 9110 §5.6.2, §5.5). */
final class HttpBytes {

    private static final int TOKEN = 1;
    private static final int FIELD_VALUE = 2;
    private static final int VISIBLE = 4;
    private static final byte[] CLASSES = new byte[256];

    static {
        for (int b = 0x21; b < 0x7f; b++) {
            CLASSES[b] |= VISIBLE | FIELD_VALUE;
            if ("\"(),/:;<=>?@[\\]{}".indexOf(b) < 0) {
                CLASSES[b] |= TOKEN;
            }
        }
        for (int b = 0x80; b <= 0xff; b++) {
            CLASSES[b] |= FIELD_VALUE;
        }
        CLASSES[' '] |= FIELD_VALUE;
        CLASSES['\t'] |= FIELD_VALUE;
    }

    private HttpBytes() {}

    /** A byte of a method or a field name. */
    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /** A byte of a field value. */
    static boolean isFieldValue(byte b) {
        return (CLASSES[b & 0xff] & FIELD_VALUE) != 0;
    }

    /** A printable byte of ASCII that is no space. */
    static boolean isVisible(byte b) {
        return (CLASSES[b & 0xff] & VISIBLE) != 0;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static byte lowerCase(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }

    /** What the digit stands for; -1 if it is none. */
    static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        byte lower = lowerCase(b);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Whether the first {@code length} bytes are exactly {@code expected}. */
    static boolean equal(String expected, byte[] bytes, int length) {
        if (length != expected.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[i] != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
