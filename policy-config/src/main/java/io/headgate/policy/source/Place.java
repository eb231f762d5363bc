package io.headgate.policy.source;

/**
 * A position in a policy file.
 *
 * @param file the file
 * @param line line from 1
 * @param column column from 1, in code points
 */
public record Place(SourceFile file, int line, int column) {

    /**
     * The place of {@code part}, which stands {@code offset} characters into the scalar that begins here; this place if
     * the source does not show it there (escapes, folded lines).
     */
    public Place of(String part, int offset) {
        String source = file.line(line);
        int scalar = source.offsetByCodePoints(0, Math.min(column - 1, source.codePointCount(0, source.length())));
        for (int quote = 0; quote <= 1; quote++) {
            int start = scalar + quote + offset;
            if (!part.isEmpty() && source.startsWith(part, start)) {
                return new Place(file, line, source.codePointCount(0, start) + 1);
            }
        }
        return this;
    }

    /** {@code file:line:column}. */
    @Override
    public String toString() {
        return file.name() + ":" + line + ":" + column;
    }
}
