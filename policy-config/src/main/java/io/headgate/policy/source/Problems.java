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

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private int errorCount;
    private int warningCount;

    /** Adds an error at {@code place}. */
    public void error(Code code, Place place, String message) {
        error(code, place, message, null);
    }

    /** Adds an error at {@code place} with a guess at what was meant. */
    public void error(Code code, Place place, String message, @Nullable String suggestion) {
        add(at(Severity.ERROR, code, place, message, suggestion));
    }

    /** Adds a warning at {@code place}. */
    public void warning(Code code, Place place, String message) {
        add(at(Severity.WARNING, code, place, message, null));
    }

    /** Adds an error about a file as a whole. */
    public void fileError(Code code, String file, String message) {
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
        boolean isError = problem.severity() == Severity.ERROR;
        errorCount += isError ? 1 : 0;
        warningCount += isError ? 0 : 1;
        List<Problem> alike = isError ? errors : warnings;
        if (alike.size() < MOST) {
            alike.add(problem);
        }
    }

    /** Whether anything found keeps the policy from being used. */
    public boolean hasErrors() {
        return errorCount > 0;
    }

    /** Everything found, by file, line and column; of too much of it the errors first. */
    public List<Problem> list() {
        List<Problem> listed = new ArrayList<>(errors);
        listed.addAll(warnings.subList(0, Math.min(warnings.size(), MOST - errors.size())));
        listed.sort(BY_PLACE);
        int dropped = errorCount + warningCount - listed.size();
        if (dropped > 0) {
            Problem last = listed.get(listed.size() - 1);
            listed.add(new Problem(
                    errorCount > errors.size() ? Severity.ERROR : Severity.WARNING,
                    Code.MORE_PROBLEMS.toString(),
                    last.file(),
                    0,
                    0,
                    dropped + " more problems are not listed",
                    null,
                    null));
        }
        return listed;
    }
}
