package io.headgate.policy.match;

import java.util.Locale;

/** Sizes as people say them: in the largest unit, binary before decimal, that leaves a whole number. */
public final class ByteWords {

    private static final String[] BINARY = {"TiB", "GiB", "MiB", "KiB"};
    private static final String[] DECIMAL = {"TB", "GB", "MB", "kB"};

    private ByteWords() {}

    /** {@code 5 GiB}, {@code 500 MB}, {@code 1,234 bytes}. */
    public static String of(long bytes) {
        for (int i = 0; i < BINARY.length; i++) {
            long unit = 1L << (10 * (BINARY.length - i));
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + " " + BINARY[i];
            }
        }
        long unit = 1_000_000_000_000L;
        for (String name : DECIMAL) {
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + " " + name;
            }
            unit /= 1_000;
        }
        return String.format(Locale.ROOT, "%,d %s", bytes, bytes == 1 ? "byte" : "bytes");
    }
}
