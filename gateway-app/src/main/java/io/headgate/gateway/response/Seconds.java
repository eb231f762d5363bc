package io.headgate.gateway.response;

/** Whole seconds, as HTTP headers have them. */
public final class Seconds {

    private static final long MICROS = 1_000_000;

    private Seconds() {}

    /** The seconds that last at least as long. */
    public static long roundedUp(long micros) {
        return Math.floorDiv(micros + MICROS - 1, MICROS);
    }

    /** The seconds in words: {@code 1 second}, {@code 12 seconds}. */
    static String inWords(long seconds) {
        return seconds == 1 ? "1 second" : seconds + " seconds";
    }
}
