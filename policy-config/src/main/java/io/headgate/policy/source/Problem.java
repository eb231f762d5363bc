package io.headgate.policy.source;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong in a policy, and where.
 *
 * @param severity whether the policy can still be used
 * @param code stable name of this kind of problem, such as {@code unknown-key}
 * @param file file as its reader named it
 * @param line line in the file from 1; 0 if the problem is the file as a whole
 * @param column column in the line from 1, counted in code points; 0 if the problem is the file as a whole
 * @param message what is wrong: the field, its value and what was expected
 * @param suggestion what the author may have meant, if there is a good guess
 * @param sourceLine the line's text, if the problem has a line
 */
public record Problem(
        Severity severity,
        String code,
        String file,
        int line,
        int column,
        String message,
        @Nullable String suggestion,
        @Nullable String sourceLine) {

    private static final int LONGEST_EXCERPT = 160;

    /**
     * The problem as plain text: {@code file:line:column: error code: message}, then the source line with a caret
     * under the place, then the suggestion. Control characters of the source are shown as {@code ?}, so that a hostile
     * file cannot steer a terminal or forge a log line.
     */
    public String render() {
        StringBuilder text = new StringBuilder(shown(file));
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ").append(severity.name().toLowerCase(Locale.ROOT));
        text.append(' ').append(code).append(": ").append(shown(message));
        if (sourceLine != null) {
            appendExcerpt(text, sourceLine);
        }
        if (suggestion != null) {
            text.append("\n  did you mean: ").append(shown(suggestion));
        }
        return text.toString();
    }

    private void appendExcerpt(StringBuilder text, String source) {
        int[] points = source.codePoints().toArray();
        int caret = Math.min(column - 1, points.length);
        // A very long line is cut around the caret.
        int from = Math.max(0, caret - LONGEST_EXCERPT / 2);
        int to = Math.min(points.length, from + LONGEST_EXCERPT);
        text.append("\n  ").append(shown(new String(points, from, to - from).replace('\t', ' ')));
        text.append("\n  ").append(" ".repeat(caret - from)).append('^');
    }

    private static String shown(String text) {
        return text.codePoints()
                .map(point -> Character.isISOControl(point) ? '?' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
