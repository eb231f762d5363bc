package io.headgate.policy.language;

import io.headgate.policy.source.Suggestions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Durations as people write them: {@code 20ms}, {@code 45s}, {@code 15 min}, {@code 24h}. */
final class DurationText {

    private static final String EXPECTED = "a duration such as 20ms, 45s, 15min, 24h or 7day";
    private static final String UNITS = "ms, s, min, h, day or week";

    /** Longest first. */
    private enum Unit {
        WEEK("week", Duration.ofDays(7)),
        DAY("day", Duration.ofDays(1)),
        H("h", Duration.ofHours(1)),
        MIN("min", Duration.ofMinutes(1)),
        S("s", Duration.ofSeconds(1)),
        MS("ms", Duration.ofMillis(1));

        private final String symbol;
        private final Duration length;

        Unit(String symbol, Duration length) {
            this.symbol = symbol;
            this.length = length;
        }

        static Optional<Unit> of(String symbol) {
            return Arrays.stream(values())
                    .filter(unit -> unit.symbol.equals(symbol))
                    .findFirst();
        }

        static List<String> symbols() {
            return Arrays.stream(values()).map(unit -> unit.symbol).toList();
        }
    }

    /** Other spellings. They are not accepted, so that one file has one spelling; each knows the right one. */
    private static final Map<String, String> SPELLINGS = Map.ofEntries(
            Map.entry("msec", "ms"),
            Map.entry("millis", "ms"),
            Map.entry("sec", "s"),
            Map.entry("secs", "s"),
            Map.entry("second", "s"),
            Map.entry("seconds", "s"),
            Map.entry("m", "min"),
            Map.entry("mins", "min"),
            Map.entry("minute", "min"),
            Map.entry("minutes", "min"),
            Map.entry("hr", "h"),
            Map.entry("hour", "h"),
            Map.entry("hours", "h"),
            Map.entry("d", "day"),
            Map.entry("days", "day"),
            Map.entry("w", "week"),
            Map.entry("weeks", "week"));

    private DurationText() {}

    /** A positive duration: a whole number and a unit. */
    static Duration parse(String text) throws Malformed {
        List<Word> words = Word.split(text);
        if (words.size() == 2) {
            return times(whole(words.get(0)), words.get(1), unit(words.get(1)));
        }
        if (words.size() != 1) {
            throw new Malformed(text, 0, EXPECTED);
        }
        Word word = words.get(0);
        int digits = digits(word.text());
        if (digits == 0 || digits == word.text().length()) {
            throw word.malformed(EXPECTED);
        }
        return period(word);
    }

    /** The period after the stroke of {@code 60/min} or {@code 100/15min}: a unit, or several of it. */
    static Duration period(Word word) throws Malformed {
        int digits = digits(word.text());
        Duration unit = unit(word.from(digits));
        return digits == 0 ? unit : times(whole(word.until(digits)), word, unit);
    }

    /** A duration as {@link #parse} reads it, in its largest whole unit. */
    static String format(Duration duration) {
        for (Unit unit : Unit.values()) {
            if (duration.toNanos() % unit.length.toNanos() == 0) {
                return duration.dividedBy(unit.length) + unit.symbol;
            }
        }
        return duration.toString();
    }

    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && (Character.isDigit(text.charAt(digits)) || text.charAt(digits) == '_')) {
            digits++;
        }
        return digits;
    }

    private static long whole(Word word) throws Malformed {
        long count = CountText.parse(word);
        if (count == 0) {
            throw word.malformed("more than zero");
        }
        return count;
    }

    private static Duration times(long count, Word word, Duration unit) throws Malformed {
        try {
            return unit.multipliedBy(count);
        } catch (ArithmeticException e) {
            throw word.malformed("a duration below 292 years");
        }
    }

    private static Duration unit(Word word) throws Malformed {
        Optional<Unit> unit = Unit.of(word.text());
        if (unit.isPresent()) {
            return unit.get().length;
        }
        String guess = Optional.ofNullable(SPELLINGS.get(word.text()))
                .or(() -> Suggestions.closest(word.text(), Unit.symbols()))
                .orElse(null);
        throw new Malformed(word.text(), word.offset(), UNITS, guess);
    }
}
