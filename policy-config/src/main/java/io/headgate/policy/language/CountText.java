package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts as people write them: {@code 60}, {@code 2_000}, {@code 20k}, {@code 1.5M}. Always exact. */
final class CountText {

    private static final Pattern COUNT = Pattern.compile("(\\d+(?:_\\d+)*(?:\\.\\d+)?)([A-Za-z]*)");
    private static final int LONGEST = 24;

    private CountText() {}

    /** A whole number from 0 to {@link Quota#MAX_COUNT}. */
    static long parse(Word word) throws Malformed {
        Matcher matcher = COUNT.matcher(word.text());
        if (word.text().length() > LONGEST || !matcher.matches()) {
            throw word.malformed("a count such as 60, 2_000, 20k or 1.5M");
        }
        String digits = matcher.group(1).replace("_", "");
        if (digits.length() > 1 && digits.startsWith("0") && !digits.startsWith("0.")) {
            throw word.malformed("a count without leading zeros");
        }
        BigDecimal count = new BigDecimal(digits).multiply(factor(word, matcher.group(2), matcher.start(2)));
        if (count.stripTrailingZeros().scale() > 0) {
            throw word.malformed("a whole number");
        }
        if (count.compareTo(BigDecimal.valueOf(Quota.MAX_COUNT)) > 0) {
            throw word.malformed("at most " + Quota.MAX_COUNT);
        }
        return count.longValueExact();
    }

    private static BigDecimal factor(Word word, String suffix, int begin) throws Malformed {
        return switch (suffix) {
            case "" -> BigDecimal.ONE;
            case "k" -> BigDecimal.valueOf(1_000);
            case "M" -> BigDecimal.valueOf(1_000_000);
            default -> {
                String guess = suffix.equals("K") ? "k" : suffix.equals("m") ? "M" : null;
                throw new Malformed(suffix, word.offset() + begin, "k for thousands or M for millions", guess);
            }
        };
    }
}
