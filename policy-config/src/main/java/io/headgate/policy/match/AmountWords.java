package io.headgate.policy.match;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.Locale;

/** Amounts as English that fits into "your plan allows …". */
final class AmountWords {

    private AmountWords() {}

    static String of(Amount amount) {
        if (amount instanceof Amount.Metered metered) {
            return of(metered.quota());
        }
        return amount instanceof Amount.Never ? "no requests" : "unlimited requests";
    }

    private static String of(Quota quota) {
        if (quota instanceof SlidingWindow window) {
            return requests(window.limit()) + " in any " + period(window.window());
        }
        TokenBucket bucket = (TokenBucket) quota;
        String rate = requests(bucket.refill()) + " per " + period(bucket.period());
        return bucket.burst() == bucket.refill() ? rate : rate + " with bursts of " + grouped(bucket.burst());
    }

    private static String requests(long count) {
        return grouped(count) + (count == 1 ? " request" : " requests");
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String period(Duration period) {
        for (Unit unit : Unit.values()) {
            if (period.toNanos() % unit.length.toNanos() == 0) {
                long units = period.dividedBy(unit.length);
                return units == 1 ? unit.word : units + " " + unit.word + "s";
            }
        }
        throw new IllegalArgumentException("period: " + period + " (expected: whole milliseconds)");
    }

    /** Longest first, so that 3,600 s reads as an hour. */
    private enum Unit {
        WEEK("week", Duration.ofDays(7)),
        DAY("day", Duration.ofDays(1)),
        HOUR("hour", Duration.ofHours(1)),
        MINUTE("minute", Duration.ofMinutes(1)),
        SECOND("second", Duration.ofSeconds(1)),
        MILLISECOND("millisecond", Duration.ofMillis(1));

        private final String word;
        private final Duration length;

        Unit(String word, Duration length) {
            this.word = word;
            this.length = length;
        }
    }
}
