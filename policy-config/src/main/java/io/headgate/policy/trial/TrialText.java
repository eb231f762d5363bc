package io.headgate.policy.trial;

import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.replay.Judgement;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Writes what came of tests for people: what failed in full, what passed in a number. */
public final class TrialText {

    private TrialText() {}

    /** Writes all files, and a summary. */
    public static void write(List<TestedFile> files, PrintWriter out) {
        long passed = 0;
        long failed = 0;
        for (TestedFile file : files) {
            file.problems().forEach(problem -> out.println(problem.render()));
            failed += file.problems().isEmpty() ? 0 : 1;
            for (TestedFile.Result result : file.results()) {
                if (result.mismatch().isPresent()) {
                    failed++;
                    out.println("FAIL " + result.test().name());
                    lines(result.mismatch().get()).forEach(line -> out.println("  " + line));
                } else {
                    passed++;
                }
            }
        }
        out.println(passed + " passed, " + failed + " failed");
    }

    /** A mismatch in lines. */
    static List<String> lines(Mismatch mismatch) {
        Step step = mismatch.step();
        Judgement judged = mismatch.judged();
        String which = step.times() == 1 ? "" : ", request " + mismatch.number() + " of " + step.times();
        List<String> lines = new ArrayList<>();
        lines.add(step.place() + ": " + step.request() + " at " + at(mismatch.at()) + which);
        for (Expectation.Difference difference : mismatch.differences()) {
            lines.add("  expected  " + difference.what() + ": " + difference.expected());
            lines.add("  but was   " + difference.what() + ": " + difference.actual());
        }
        lines.add("  route     " + Objects.requireNonNullElse(judged.route(), "none") + ", plan " + judged.plan());
        for (PlannedLimit limit : judged.refusing()) {
            lines.add("  refused   by " + limit.name() + ", which allows " + limit.words());
        }
        if (!judged.standings().isEmpty()) {
            lines.add("  left      "
                    + judged.standings().stream()
                            .map(standing -> standing.limit().name() + " "
                                    + standing.usage().remaining())
                            .collect(Collectors.joining(", ")));
        }
        return lines;
    }

    /** A time in seconds, as short as it can be said. */
    private static String at(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
