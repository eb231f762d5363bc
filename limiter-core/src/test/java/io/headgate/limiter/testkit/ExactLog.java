package io.headgate.limiter.testkit;

import io.headgate.limiter.Quota;
import java.util.ArrayList;
import java.util.List;

/**
 * Slow and obviously right: remembers every admission and checks the quota's bound over every interval that begins and
 * ends at an admission, which are the only ones where it could break. Exact integers throughout.
 */
public final class ExactLog {

    private final Quota quota;
    private final List<Admission> admissions = new ArrayList<>();

    private record Admission(long micros, long cost) {}

    /** A log of admissions against {@code quota}. */
    public ExactLog(Quota quota) {
        this.quota = quota;
    }

    /** Adds an admission; times must not fall. */
    public void admitted(long micros, long cost) {
        admissions.add(new Admission(micros, cost));
    }

    /** Tokens admitted in all. */
    public long total() {
        return admissions.stream().mapToLong(Admission::cost).sum();
    }

    /**
     * Checks the bound over every interval.
     *
     * @throws AssertionError naming the first interval that holds too much
     */
    public void check() {
        for (int first = 0; first < admissions.size(); first++) {
            long sum = 0;
            for (int last = first; last < admissions.size(); last++) {
                long elapsed = admissions.get(last).micros - admissions.get(first).micros;
                sum += admissions.get(last).cost;
                if (Bound.exceeds(quota, sum, elapsed)) {
                    throw new AssertionError(quota + " admitted " + sum + " tokens in " + elapsed
                            + " microseconds, from admission " + first + " to " + last);
                }
            }
        }
    }
}
