package io.headgate.policy.language;

import org.jspecify.annotations.Nullable;

/** A piece of text that does not read as it should. Becomes a problem at the place of {@link #part()}. */
final class Malformed extends Exception {

    private static final long serialVersionUID = 1L;

    private final String message;
    private final String part;
    private final int offset;
    private final @Nullable String suggestion;

    /**
     * @param part the piece that is wrong
     * @param offset where it begins in the whole text
     * @param expected what should stand there
     */
    Malformed(String part, int offset, String expected) {
        this(part, offset, expected, null);
    }

    Malformed(String part, int offset, String expected, @Nullable String suggestion) {
        super(null, null, false, false);
        this.message = (part.isEmpty() ? "nothing" : part) + " (expected: " + expected + ")";
        this.part = part;
        this.offset = offset;
        this.suggestion = suggestion;
    }

    /** What is wrong: the part, and what was expected. */
    @Override
    public String getMessage() {
        return message;
    }

    String part() {
        return part;
    }

    int offset() {
        return offset;
    }

    @Nullable
    String suggestion() {
        return suggestion;
    }
}
