package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import io.headgate.policy.source.Suggestions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Amounts as people write them: {@code 60/min burst 20}, {@code 2_000/h}, {@code unlimited}, {@code 0}. */
final class AmountText {

    private static final String EXAMPLES = "a count per period such as 60/min, or unlimited, or 0";

    private AmountText() {}

    /** What a token bucket refills, and how much it holds; without {@code burst} it holds the count. */
    static Amount rate(String text) throws Malformed {
        List<Word> words = Word.split(text);
        Optional<Amount> extreme = extreme(words);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        Allowed allowed = allowed(text, words);
        if (words.size() == 1) {
            return metered(text, () -> new TokenBucket(allowed.count, allowed.period, allowed.count));
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
        rejectMore(words, 3);
        long burst = CountText.parse(words.get(2));
        if (burst == 0) {
            throw words.get(2).malformed("more than zero");
        }
        return metered(text, () -> new TokenBucket(allowed.count, allowed.period, burst));
    }

    /** What a sliding window holds. */
    static Amount window(String text) throws Malformed {
        List<Word> words = Word.split(text);
        Optional<Amount> extreme = extreme(words);
        if (extreme.isPresent()) {
            return extreme.get();
        }
        Allowed allowed = allowed(text, words);
        if (words.size() > 1 && words.get(1).text().equals("burst")) {
            throw words.get(1).malformed("nothing more: only a rate has a burst");
        }
        rejectMore(words, 1);
        return metered(text, () -> new SlidingWindow(allowed.count, allowed.period));
    }

    private record Allowed(long count, Duration period) {}

    private static Optional<Amount> extreme(List<Word> words) throws Malformed {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String first = words.get(0).text();
        Amount extreme;
        if (first.equals("unlimited")) {
            extreme = new Amount.Unlimited();
        } else if (first.equals("0") || first.startsWith("0/")) {
            if (first.length() > 1) {
                DurationText.period(words.get(0).from(2));
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

    private static Allowed allowed(String text, List<Word> words) throws Malformed {
        if (words.isEmpty()) {
            throw new Malformed(text, 0, EXAMPLES);
        }
        Word word = words.get(0);
        int stroke = word.text().indexOf('/');
        if (stroke < 0) {
            String guess =
                    Suggestions.closest(word.text(), List.of("unlimited")).orElse(null);
            throw new Malformed(word.text(), word.offset(), EXAMPLES, guess);
        }
        Word count = word.until(stroke);
        if (count.text().equals("unlimited")) {
            throw new Malformed(word.text(), word.offset(), "unlimited without a period", "unlimited");
        }
        Word period = word.from(stroke + 1);
        Allowed allowed = new Allowed(CountText.parse(count), DurationText.period(period));
        if (allowed.count == 0) {
            throw new Malformed(count.text(), count.offset(), "0 for never", "0");
        }
        if (allowed.period.compareTo(Quota.MAX_PERIOD) > 0) {
            throw period.malformed("at most " + Quota.MAX_PERIOD.toDays() + "day");
        }
        return allowed;
    }

    private static void rejectMore(List<Word> words, int read) throws Malformed {
        if (words.size() > read) {
            throw words.get(read).malformed("nothing more");
        }
    }

    /** The quota checks its own ranges; the only one that its parts leave open is how long it takes to refill. */
    private static Amount metered(String text, Supplier<Quota> quota) throws Malformed {
        try {
            return new Amount.Metered(quota.get());
        } catch (IllegalArgumentException e) {
            throw new Malformed(text, 0, "a burst that refills within 10 years");
        }
    }
}
