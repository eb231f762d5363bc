package io.headgate.policy.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong, so that a reader can go on and find the rest. Not thread-safe. */
public final class Problems {

    /** Most problems that are kept; a file of garbage has no use for more. */
    private static final int MOST = 200;

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparing(Problem::file).thenComparing(Problem::line).thenComparing(Problem::column);

    private final List<Problem> found = new ArrayList<>();
    private int errors;
    private int dropped;

    /** Adds an error at {@code place}. */
    public void error(Code code, Place place, String message) {
        error(code, place, message, null);
    }

    /** Adds an error at {@code place} with a guess at what was meant. */
    public void error(Code code, Place place, String message, @Nullable String suggestion) {
        errors++;
        add(at(Severity.ERROR, code, place, message, suggestion));
    }

    /** Adds a warning at {@code place}. */
    public void warning(Code code, Place place, String message) {
        add(at(Severity.WARNING, code, place, message, null));
    }

    /** Adds an error about a file as a whole. */
    public void fileError(Code code, String file, String message) {
        errors++;
        add(new Problem(Severity.ERROR, code.toString(), file, 0, 0, message, null, null));
    }

    private static Problem at(Severity severity, Code code, Place place, String message, @Nullable String suggestion) {
        SourceFile file = place.file();
        return new Problem(
                severity,
                code.toString(),
                file.name(),
                place.line(),
                place.column(),
                message,
                suggestion,
                file.line(place.line()));
    }

    private void add(Problem problem) {
        if (found.size() < MOST) {
            found.add(problem);
        } else {
            dropped++;
        }
    }

    /** Whether anything found keeps the policy from being used. */
    public boolean hasErrors() {
        return errors > 0;
    }

    /** Everything found, by file, line and column. */
    public List<Problem> list() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(BY_PLACE);
        if (dropped > 0) {
            Problem last = sorted.get(sorted.size() - 1);
            sorted.add(new Problem(
                    Severity.ERROR,
                    Code.MORE_PROBLEMS.toString(),
                    last.file(),
                    0,
                    0,
                    dropped + " more problems are not listed",
                    null,
                    null));
        }
        return sorted;
    }
}
