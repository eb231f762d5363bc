package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.source.Suggestions;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts as people write them: {@code 60}, {@code 2_000}, {@code 20k}, {@code 1.5M}; and sizes in bytes: {@code 5 GiB},
 * {@code 500 MB}. Always exact.
 */
final class CountText {

    private static final Pattern COUNT = Pattern.compile("(\\d+(?:_\\d+)*(?:\\.\\d+)?) ?([A-Za-z]*)");
    private static final int LONGEST = 24;

    private static final Map<String, BigDecimal> SIZES = new TreeMap<>(Map.of(
            "B", BigDecimal.ONE,
            "kB", BigDecimal.valueOf(1_000),
            "MB", BigDecimal.valueOf(1_000_000),
            "GB", BigDecimal.valueOf(1_000_000_000),
            "TB", BigDecimal.valueOf(1_000_000_000_000L),
            "KiB", BigDecimal.valueOf(1L << 10),
            "MiB", BigDecimal.valueOf(1L << 20),
            "GiB", BigDecimal.valueOf(1L << 30),
            "TiB", BigDecimal.valueOf(1L << 40)));

    private CountText() {}

    /** A whole number from 0 to {@link Quota#MAX_COUNT}. */
    static long parse(Word word) throws Malformed {
        return parse(word, TokenUnit.REQUESTS);
    }

    /** As many tokens of this unit, from 0 to {@link Quota#MAX_COUNT}. */
    static long parse(Word word, TokenUnit unit) throws Malformed {
        boolean size = unit == TokenUnit.BYTES;
        Matcher matcher = COUNT.matcher(word.text());
        if (word.text().length() > LONGEST
                || !matcher.matches()
                || (!size && word.text().indexOf(' ') >= 0)) {
            throw word.malformed(size ? "a size such as 5 GiB or 500 MB" : "a count such as 60, 2_000, 20k or 1.5M");
        }
        String digits = matcher.group(1).replace("_", "");
        if (digits.length() > 1 && digits.startsWith("0") && !digits.startsWith("0.")) {
            throw word.malformed("a count without leading zeros");
        }
        Word suffix = word.from(matcher.start(2));
        BigDecimal count = new BigDecimal(digits).multiply(size ? bytes(word, suffix) : factor(suffix));
        if (count.stripTrailingZeros().scale() > 0) {
            throw word.malformed("a whole number");
        }
        if (count.compareTo(BigDecimal.valueOf(Quota.MAX_COUNT)) > 0) {
            throw word.malformed(size ? "at most 4096 TiB" : "at most " + Quota.MAX_COUNT);
        }
        return count.longValueExact();
    }

    private static BigDecimal factor(Word suffix) throws Malformed {
        return switch (suffix.text()) {
            case "" -> BigDecimal.ONE;
            case "k" -> BigDecimal.valueOf(1_000);
            case "M" -> BigDecimal.valueOf(1_000_000);
            default -> {
                String guess = suffix.text().equals("K") ? "k" : suffix.text().equals("m") ? "M" : null;
                throw new Malformed(suffix.text(), suffix.offset(), "k for thousands or M for millions", guess);
            }
        };
    }

    private static BigDecimal bytes(Word word, Word suffix) throws Malformed {
        if (suffix.text().isEmpty()) {
            throw word.malformed("a size such as 5 GiB or 500 MB, since the limit counts bytes");
        }
        BigDecimal factor = SIZES.get(suffix.text());
        if (factor == null) {
            throw new Malformed(
                    suffix.text(),
                    suffix.offset(),
                    "B, KiB, MiB, GiB or TiB, or kB, MB, GB or TB",
                    Suggestions.closest(suffix.text(), SIZES.keySet()).orElse(null));
        }
        return factor;
    }
}
