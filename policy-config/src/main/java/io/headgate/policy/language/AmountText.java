package io.headgate.policy.language;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.source.Suggestions;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One amount as people write it: {@code 60/min burst 20}, {@code 2_000/h}, {@code 5 GiB/day}, {@code 3},
 * {@code unlimited}, {@code 0}.
 */
final class AmountText {

    private final String text;
    private final List<Word> words;
    private final TokenUnit unit;

    /** @param unit what the amount is of */
    AmountText(String text, TokenUnit unit) {
        this.text = text;
        this.words = unit == TokenUnit.BYTES ? withSizes(text, Word.split(text)) : Word.split(text);
        this.unit = unit;
    }

    /** Sizes as one word each, also where a space stands before the unit. */
    private static List<Word> withSizes(String text, List<Word> words) {
        List<Word> joined = new ArrayList<>();
        for (Word word : words) {
            int last = joined.size() - 1;
            if (last >= 0 && isNumber(joined.get(last)) && !word.text().equals("burst")) {
                int begin = joined.get(last).offset();
                int end = word.offset() + word.text().length();
                joined.set(last, new Word(text.substring(begin, end), begin));
            } else {
                joined.add(word);
            }
        }
        return joined;
    }

    private static boolean isNumber(Word word) {
        return Character.isDigit(word.text().charAt(word.text().length() - 1))
                && word.text().indexOf('/') < 0;
    }

    /** What a period's name stands for. */
    @FunctionalInterface
    private interface PeriodParser<P> {
        P parse(Word word) throws Malformed;
    }

    private record PerPeriod<P>(long count, P period) {}

    /** What a token bucket refills, and how much it holds; without {@code burst} it holds the count. */
    Amount rate() throws Malformed {
        Optional<Amount> extreme = extreme(AmountText::duration);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        PerPeriod<Duration> allowed = perPeriod(AmountText::duration);
        if (words.size() == 1) {
            return metered(() -> new TokenBucket(allowed.count, allowed.period, allowed.count));
        }
        Word verb = words.get(1);
        if (!verb.text().equals("burst")) {
            throw new Malformed(
                    verb.text(),
                    verb.offset(),
                    "burst and a count",
                    Suggestions.closest(verb.text(), List.of("burst")).orElse(null));
        }
        if (words.size() == 2) {
            throw new Malformed("", verb.offset() + verb.text().length(), "a count after burst");
        }
        rejectMore(3);
        long burst = CountText.parse(words.get(2), unit);
        if (burst == 0) {
            throw words.get(2).malformed("more than zero");
        }
        return metered(() -> new TokenBucket(allowed.count, allowed.period, burst));
    }

    /** What a sliding window holds. */
    Amount window() throws Malformed {
        Optional<Amount> extreme = extreme(AmountText::duration);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        PerPeriod<Duration> allowed = perPeriod(AmountText::duration);
        rejectBurst();
        return metered(() -> new SlidingWindow(allowed.count, allowed.period));
    }

    /**
     * What a calendar quota holds.
     *
     * @param zone whose midnight begins a day
     */
    Amount quota(ZoneId zone) throws Malformed {
        Optional<Amount> extreme = extreme(AmountText::calendarUnit);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        PerPeriod<CalendarQuota.Unit> allowed = perPeriod(AmountText::calendarUnit);
        rejectBurst();
        return metered(() -> new CalendarQuota(allowed.count, allowed.period, zone));
    }

    /**
     * How many at a time.
     *
     * @param lease how long one keeps its slot without renewing it
     */
    Amount concurrent(Duration lease) throws Malformed {
        if (words.isEmpty() || words.get(0).text().indexOf('/') >= 0) {
            throw new Malformed(text, 0, "how many at a time, such as 3, or unlimited, or 0");
        }
        Optional<Amount> extreme = extreme(AmountText::duration);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        rejectMore(1);
        Word word = words.get(0);
        long slots = CountText.parse(word);
        if (slots > Concurrency.MAX_SLOTS) {
            throw word.malformed("at most " + Concurrency.MAX_SLOTS);
        }
        return metered(() -> new Concurrency(slots, lease));
    }

    private <P> Optional<Amount> extreme(PeriodParser<P> periods) throws Malformed {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String first = words.get(0).text();
        Amount extreme;
        if (first.equals("unlimited")) {
            extreme = new Amount.Unlimited();
        } else if (first.equals("0") || first.startsWith("0/")) {
            if (first.length() > 1) {
                periods.parse(words.get(0).from(2));
            }
            extreme = new Amount.Never();
        } else {
            return Optional.empty();
        }
        if (words.size() > 1) {
            throw words.get(1).malformed("nothing after " + first);
        }
        return Optional.of(extreme);
    }

    private <P> PerPeriod<P> perPeriod(PeriodParser<P> periods) throws Malformed {
        String examples = "a "
                + (unit == TokenUnit.BYTES ? "size per period such as 5 GiB/day" : "count per period such as 60/min")
                + ", or unlimited, or 0";
        if (words.isEmpty()) {
            throw new Malformed(text, 0, examples);
        }
        Word word = words.get(0);
        int stroke = word.text().indexOf('/');
        if (stroke < 0) {
            String guess =
                    Suggestions.closest(word.text(), List.of("unlimited")).orElse(null);
            throw new Malformed(word.text(), word.offset(), examples, guess);
        }
        Word count = word.until(stroke);
        if (count.text().equals("unlimited")) {
            throw new Malformed(word.text(), word.offset(), "unlimited without a period", "unlimited");
        }
        PerPeriod<P> allowed = new PerPeriod<>(CountText.parse(count, unit), periods.parse(word.from(stroke + 1)));
        if (allowed.count == 0) {
            throw new Malformed(count.text(), count.offset(), "0 for never", "0");
        }
        return allowed;
    }

    private static Duration duration(Word word) throws Malformed {
        Duration period = DurationText.period(word);
        if (period.compareTo(Quota.MAX_PERIOD) > 0) {
            throw word.malformed("at most " + Quota.MAX_PERIOD.toDays() + "day");
        }
        return period;
    }

    private static CalendarQuota.Unit calendarUnit(Word word) throws Malformed {
        List<CalendarQuota.Unit> units = List.of(CalendarQuota.Unit.values());
        List<String> words = units.stream().map(Shapes::word).toList();
        int at = words.indexOf(word.text());
        if (at < 0) {
            throw new Malformed(
                    word.text(),
                    word.offset(),
                    "day, week or month; a window has any other period",
                    Suggestions.closest(word.text(), words).orElse(null));
        }
        return units.get(at);
    }

    private void rejectBurst() throws Malformed {
        if (words.size() > 1 && words.get(1).text().equals("burst")) {
            throw words.get(1).malformed("nothing more: only a rate has a burst");
        }
        rejectMore(1);
    }

    private void rejectMore(int read) throws Malformed {
        if (words.size() > read) {
            throw words.get(read).malformed("nothing more");
        }
    }

    /** The quota checks its own ranges; the only one that its parts leave open is how long it takes to refill. */
    private Amount metered(Supplier<Quota> quota) throws Malformed {
        try {
            return new Amount.Metered(quota.get());
        } catch (IllegalArgumentException e) {
            throw new Malformed(text, 0, "a burst that refills within 10 years");
        }
    }
}
