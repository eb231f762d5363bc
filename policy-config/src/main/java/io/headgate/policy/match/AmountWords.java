package io.headgate.policy.match;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.Locale;

/** Amounts as English that fits into "your plan allows …". */
final class AmountWords implements Quota.Cases<String> {

    private final TokenUnit unit;

    private AmountWords(TokenUnit unit) {
        this.unit = unit;
    }

    static String of(Amount amount, TokenUnit unit) {
        if (amount instanceof Amount.Metered metered) {
            return metered.quota().fold(new AmountWords(unit));
        }
        boolean never = amount instanceof Amount.Never;
        return switch (unit) {
            case REQUESTS -> never ? "no requests" : "unlimited requests";
            case BYTES -> never ? "no bytes" : "unlimited bytes";
            case SLOTS -> never ? "none at a time" : "any number at a time";
        };
    }

    @Override
    public String of(TokenBucket bucket) {
        String rate = tokens(bucket.refill()) + " per " + period(bucket.period());
        if (bucket.burst() == bucket.refill()) {
            return rate;
        }
        return rate + " with bursts of "
                + (unit == TokenUnit.BYTES ? ByteWords.of(bucket.burst()) : grouped(bucket.burst()));
    }

    @Override
    public String of(SlidingWindow window) {
        return tokens(window.limit()) + " in any " + period(window.window());
    }

    @Override
    public String of(CalendarQuota quota) {
        return tokens(quota.limit()) + " per calendar " + quota.unit().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String of(LeakyBucket bucket) {
        return tokens(bucket.rate()) + " per " + period(bucket.period()) + ", evenly spaced";
    }

    @Override
    public String of(Concurrency concurrency) {
        return grouped(concurrency.slots()) + " at a time";
    }

    @Override
    public String of(Penalty penalty) {
        return penalty.quota().fold(this) + ", and a refusal blocks for " + span(penalty.block());
    }

    private String tokens(long count) {
        return unit == TokenUnit.BYTES ? ByteWords.of(count) : grouped(count) + (count == 1 ? " request" : " requests");
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A length of time where "per" does not stand before it. */
    private static String span(Duration length) {
        String words = period(length);
        return Character.isDigit(words.charAt(0)) ? words : "1 " + words;
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
