package io.headgate.policy.language;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Pattern;

/**
 * When something ends: {@code 2027-03-31} means the end of that day and {@code 2027-03-31T18:00} that minute, both in
 * the policy's time zone; {@code 2027-03-31T18:00Z} needs none.
 */
final class UntilText {

    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern MINUTE = Pattern.compile(DAY + "T\\d{2}:\\d{2}(?::\\d{2})?");
    private static final Pattern OFFSET = Pattern.compile(MINUTE + "(?:Z|[+-]\\d{2}:\\d{2})");

    private UntilText() {}

    static Instant parse(String text, ZoneId zone) throws Malformed {
        try {
            if (DAY.matcher(text).matches()) {
                return LocalDate.parse(text).plusDays(1).atStartOfDay(zone).toInstant();
            }
            if (MINUTE.matcher(text).matches()) {
                return LocalDateTime.parse(text).atZone(zone).toInstant();
            }
            if (OFFSET.matcher(text).matches()) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException e) {
            throw malformed(text);
        }
        throw malformed(text);
    }

    private static Malformed malformed(String text) {
        return new Malformed(text, 0, "a date such as 2030-12-31, or a time such as 2030-12-31T18:00");
    }
}
