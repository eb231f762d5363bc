package io.headgate.policy.simulate;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the subjects of one limit asked of it, on one plan, whatever they were given.
 *
 * @param limit name of the limit
 * @param plan name of the plan
 * @param quota what it allows
 * @param subjects how many subjects asked
 * @param perPeriod the most tokens that a subject asked for in any period, of all subjects
 * @param lead the most tokens that a subject was ahead of the rate, of all subjects; of a window the same
 */
public record Demand(String limit, String plan, Quota quota, int subjects, Spread perPeriod, Spread lead) {

    /** Of a hundred subjects, how many should never meet a limit that is suggested. */
    private static final int CONTENT_PERCENT = 99;

    /**
     * How a number is spread over subjects, each value rounded up.
     *
     * @param half no more for half of them
     * @param most no more for 95 of 100
     * @param nearlyAll no more for 99 of 100
     * @param all no more for any
     */
    public record Spread(long half, long most, long nearlyAll, long all) {

        static Spread of(List<Long> sorted) {
            return new Spread(
                    percentile(sorted, 50),
                    percentile(sorted, 95),
                    percentile(sorted, CONTENT_PERCENT),
                    percentile(sorted, 100));
        }

        private static long percentile(List<Long> sorted, int percent) {
            int rank = (int) (((long) sorted.size() * percent + 99) / 100);
            return sorted.get(Math.max(0, rank - 1));
        }
    }

    static Demand of(DemandGroup group, List<DemandMeter> meters) {
        Quota quota = group.quota();
        List<Long> peaks = meters.stream().map(DemandMeter::peak).sorted().toList();
        List<Long> leads = quota instanceof TokenBucket
                ? meters.stream().map(DemandMeter::lead).sorted().toList()
                : peaks;
        return new Demand(group.limit(), group.plan(), quota, meters.size(), Spread.of(peaks), Spread.of(leads));
    }

    /** The amount as a policy writes it. */
    public String amount() {
        if (quota instanceof TokenBucket bucket) {
            return rate(bucket.refill(), bucket.burst());
        }
        return ((SlidingWindow) quota).limit() + "/" + per();
    }

    /**
     * An amount, as a policy writes it, that refuses nothing of at least 99 of 100 of these subjects: for a rate the burst
     * that they need at that rate, or where a burst would have to hold more than a period's worth, the rate that is
     * enough.
     */
    public String suggestion() {
        long enough = roundedUp(perPeriod.nearlyAll());
        if (quota instanceof TokenBucket bucket) {
            long burst = roundedUp(lead.nearlyAll());
            return burst <= enough ? rate(bucket.refill(), burst) : rate(enough, enough);
        }
        return enough + "/" + per();
    }

    private String rate(long count, long burst) {
        return count + "/" + per() + (burst == count ? "" : " burst " + burst);
    }

    /** To two digits, and up. */
    private static long roundedUp(long count) {
        long unit = 1;
        while (count / unit >= 100) {
            unit *= 10;
        }
        return (count + unit - 1) / unit * unit;
    }

    private String per() {
        Duration period = DemandGroup.period(quota).orElseThrow();
        Map<Long, String> units = new TreeMap<>(Map.of(
                1L, "ms", 1_000L, "s", 60_000L, "min", 3_600_000L, "h", 86_400_000L, "day", 604_800_000L, "week"));
        long millis = period.toMillis();
        String text = millis + "ms";
        for (Map.Entry<Long, String> unit : units.entrySet()) {
            if (millis % unit.getKey() == 0) {
                long count = millis / unit.getKey();
                text = (count == 1 ? "" : count) + unit.getValue();
            }
        }
        return text;
    }
}
