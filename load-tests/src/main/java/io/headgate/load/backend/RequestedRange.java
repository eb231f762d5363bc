package io.headgate.load.backend;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a Range field asks for (RFC 9110, section 14), of a file whose length is known. */
sealed interface RequestedRange {

    /** Everything: there is no Range, or one that a server may ignore (other units, several ranges, bad syntax). */
    record Whole() implements RequestedRange {}

    /**
     * One piece of the file.
     *
     * @param first position of its first byte
     * @param last position of its last byte
     */
    record Part(int first, int last) implements RequestedRange {}

    /** Nothing that the file has. */
    record Unsatisfiable() implements RequestedRange {}

    // Nine digits: enough for any file held in memory, and never an overflow.
    Pattern ONE_RANGE = Pattern.compile("bytes=(\\d{0,9})-(\\d{0,9})");

    static RequestedRange parse(@Nullable String header, int length) {
        Matcher matcher = ONE_RANGE.matcher(header == null ? "" : header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return new Whole();
        }
        if (matcher.group(1).isEmpty()) {
            int suffix = Integer.parseInt(matcher.group(2));
            return suffix == 0 || length == 0
                    ? new Unsatisfiable()
                    : new Part(Math.max(0, length - suffix), length - 1);
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2).isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(matcher.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= length ? new Unsatisfiable() : new Part(first, Math.min(last, length - 1));
    }
}
