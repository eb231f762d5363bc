package io.headgate.policy.simulate;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Writes what became of recorded traffic, for people. */
public final class SimulationText {

    private final PrintWriter out;
    private final String before;
    private final String after;

    /**
     * @param before what the first number of each pair is about, such as {@code in the log}
     * @param after what the second is about, such as {@code candidate}
     */
    public SimulationText(PrintWriter out, String before, String after) {
        this.out = out;
        this.before = before;
        this.after = after;
    }

    /** Writes the whole result. */
    public void print(SimulationResult result) {
        if (result.requests() == 0) {
            out.println("no requests");
            return;
        }
        out.println(grouped(result.requests()) + " requests of " + grouped(result.subjects()) + " subjects, "
                + moment(result.firstMicros()) + " to " + moment(result.lastMicros()));
        out.println("refused: " + before + " " + share(result.refusedBefore(), result.requests()) + ", " + after + " "
                + share(result.refusedAfter(), result.requests()));
        out.println("newly refused: " + grouped(result.newlyRefused()) + " requests; "
                + grouped(result.newlyRefusedSubjects()) + " subjects that were refused nothing before");
        limits(result);
        worst(result.worst());
        demands(result.demands());
        notes(result);
    }

    private void limits(SimulationResult result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("limit", "plan", "requests", before, after, "in shadow"));
        new TreeMap<>(result.limits())
                .forEach((limit, plans) -> new TreeMap<>(plans).forEach((plan, tally) -> {
                    long all = Math.max(1, tally.requestCount());
                    rows.add(List.of(
                            limit,
                            plan,
                            grouped(tally.requestCount()),
                            percent(tally.refusedBeforeCount(), all),
                            percent(tally.refusedAfterCount(), all),
                            tally.onTrialCount() == 0 ? "" : grouped(tally.onTrialCount())));
                }));
        table("refused by limit and plan", rows);
    }

    private void worst(List<SubjectTally> worst) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("subject", "plan", "requests", before, after));
        for (SubjectTally subject : worst) {
            rows.add(List.of(
                    subject.name(),
                    subject.plan(),
                    grouped(subject.requests()),
                    grouped(subject.refusedBefore()),
                    grouped(subject.refusedAfter())));
        }
        table("who loses most", rows);
    }

    private void demands(List<Demand> demands) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("limit", "plan", "subjects", "half", "95 %", "99 %", "all", "now", "enough for 99 %"));
        for (Demand demand : demands) {
            Demand.Spread peak = demand.perPeriod();
            rows.add(List.of(
                    demand.limit(),
                    demand.plan(),
                    grouped(demand.subjects()),
                    grouped(peak.half()),
                    grouped(peak.most()),
                    grouped(peak.nearlyAll()),
                    grouped(peak.all()),
                    demand.amount(),
                    demand.suggestion()));
        }
        table("asked for in any period, at most", rows);
    }

    private void notes(SimulationResult result) {
        if (result.withVerdict() > 0) {
            out.println();
            out.println("the policy as replayed and the log agree on " + share(result.agreeing(), result.withVerdict())
                    + " of the requests");
        }
        if (result.outOfOrder() > 0) {
            out.println("the log is not in order of time (" + grouped(result.outOfOrder())
                    + " lines are early): sort it, or the numbers are wrong");
        }
        if (result.untold() > 0) {
            out.println("there are more subjects than are told apart; " + grouped(result.untold())
                    + " requests count by limit and plan only");
        }
    }

    private void table(String title, List<List<String>> rows) {
        if (rows.size() == 1) {
            return;
        }
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.println();
        out.println(title);
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append("  ")
                        .append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String share(long part, long all) {
        return grouped(part) + " (" + percent(part, all) + ")";
    }

    /** Rounded down to two digits after the point, so that 100 % is all. */
    private static String percent(long part, long all) {
        long hundredths = part * 10_000 / all;
        return String.format(Locale.ROOT, "%d.%02d %%", hundredths / 100, hundredths % 100);
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String moment(long micros) {
        return Instant.EPOCH
                .plus(micros, ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
