package io.headgate.policy.language;

import io.headgate.policy.match.Amount;

/** The kinds of limit, one per algorithm. Each reads its own amounts. */
enum Verb {
    /** A token bucket. */
    RATE("rate") {
        @Override
        Amount amount(String text) throws Malformed {
            return AmountText.rate(text);
        }
    },
    /** A sliding window. */
    WINDOW("window") {
        @Override
        Amount amount(String text) throws Malformed {
            return AmountText.window(text);
        }
    };

    private final String word;

    Verb(String word) {
        this.word = word;
    }

    abstract Amount amount(String text) throws Malformed;

    /** The verb as a policy writes it. */
    String word() {
        return word;
    }
}
