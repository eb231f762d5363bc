package io.headgate.policy.diff;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes a diff for people. */
public final class DiffText {

    private final PrintWriter out;

    /** Writes to {@code out}. */
    public DiffText(PrintWriter out) {
        this.out = out;
    }

    /** Writes the whole diff. */
    public void print(PolicyDiff diff) {
        if (diff.isEmpty()) {
            out.println("no difference");
            return;
        }
        amounts(diff.amounts());
        String section = "";
        for (Difference difference : diff.differences()) {
            if (!difference.section().equals(section)) {
                section = difference.section();
                out.println(section);
            }
            out.println("  " + line(difference));
        }
        if (!diff.counters().isEmpty()) {
            out.println("counters");
            diff.counters()
                    .forEach(fate -> out.println("  " + fate.limit()
                            + (fate.carriesOver() ? " carry over: " : " start anew: ") + fate.reason()));
        }
        out.println(diff.summary());
    }

    private void amounts(List<AmountChange> amounts) {
        if (amounts.isEmpty()) {
            return;
        }
        out.println("amounts");
        int plans = width(amounts.stream().map(DiffText::plan).toList());
        int limits = width(amounts.stream().map(AmountChange::limit).toList());
        for (AmountChange change : amounts) {
            out.println("  " + padded(plan(change), plans) + "  " + padded(change.limit(), limits) + "  "
                    + word(change.strictness()) + " "
                    + change.before().words() + " -> " + change.after().words()
                    + " (" + change.after().place() + ")");
        }
    }

    private static String plan(AmountChange change) {
        return change.plan().isEmpty() ? "every plan" : change.plan();
    }

    private static String word(Strictness strictness) {
        return padded(strictness.name().toLowerCase(Locale.ROOT) + ":", "tighter:".length());
    }

    private static int width(List<String> words) {
        return words.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String line(Difference difference) {
        String about = (difference.thing() + " " + difference.key()).strip();
        return switch (difference.kind()) {
            case ADDED -> "+ " + about + said(difference.after());
            case REMOVED -> "- " + about + said(difference.before());
            case CHANGED ->
                "~ " + about + ": " + orNothing(difference.before()) + " -> " + orNothing(difference.after());
        };
    }

    private static String said(String text) {
        return text.isEmpty() ? "" : ": " + text;
    }

    private static String orNothing(String text) {
        return text.isEmpty() ? "nothing" : text;
    }
}
