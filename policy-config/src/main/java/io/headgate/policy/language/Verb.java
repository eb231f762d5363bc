package io.headgate.policy.language;

import java.util.Arrays;
import java.util.List;

/** The kinds of limit, one per algorithm. */
enum Verb {
    /** A token bucket. */
    RATE,
    /** A sliding window. */
    WINDOW,
    /** A calendar quota. */
    QUOTA,
    /** A limit of concurrency. */
    CONCURRENT;

    /** The verb as a policy writes it. */
    String word() {
        return Shapes.word(this);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Verb::word).toList();
    }
}
