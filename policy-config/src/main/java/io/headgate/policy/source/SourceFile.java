package io.headgate.policy.source;

import java.util.List;

/**
 * One policy file's text.
 *
 * <p>Immutable and thread-safe.
 */
public final class SourceFile {

    private final String name;
    private final String text;
    private final List<String> lines;

    /**
     * @param name how messages name it
     * @param text its whole content
     */
    public SourceFile(String name, String text) {
        this.name = name;
        this.text = text;
        this.lines = text.lines().toList();
    }

    /** How messages name this file. */
    public String name() {
        return name;
    }

    /** Text of a line counted from 1; empty past the end. */
    public String line(int number) {
        return number <= lines.size() ? lines.get(number - 1) : "";
    }

    /** The place of the character at {@code offset}. */
    Place placeAt(int offset) {
        int lineStart = 0;
        int line = 1;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                lineStart = i + 1;
                line++;
            }
        }
        return new Place(this, line, text.codePointCount(lineStart, offset) + 1);
    }

    /** Its whole content. */
    public String text() {
        return text;
    }
}
