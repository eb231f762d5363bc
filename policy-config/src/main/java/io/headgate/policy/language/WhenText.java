package io.headgate.policy.language;

import io.headgate.policy.match.ScheduleWindow;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a schedule holds: {@code daily 22:00-06:00}, or {@code 2030-12-05 18:00 to 2030-12-05 23:00}, both in the policy's
 * time zone.
 */
final class WhenText {

    static final String EXPECTED = "daily 22:00-06:00, or 2030-12-05 18:00 to 2030-12-05 23:00";

    private static final String TIME = "(\\d{2}:\\d{2})";
    private static final String DATE = "(\\d{4}-\\d{2}-\\d{2})";
    private static final Pattern DAILY = Pattern.compile("daily " + TIME + "-" + TIME);
    private static final Pattern DATED = Pattern.compile(DATE + " " + TIME + " to " + DATE + " " + TIME);

    private WhenText() {}

    static ScheduleWindow parse(String text, ZoneId zone) throws Malformed {
        Matcher daily = DAILY.matcher(text);
        if (daily.matches()) {
            LocalTime from = time(daily, 1);
            LocalTime to = time(daily, 2);
            if (from.equals(to)) {
                throw new Malformed(daily.group(2), daily.start(2), "another time than that of the begin");
            }
            return new ScheduleWindow.Daily(from, to, zone);
        }
        Matcher dated = DATED.matcher(text);
        if (!dated.matches()) {
            throw new Malformed(text, 0, EXPECTED);
        }
        Instant from = date(dated, 1).atTime(time(dated, 2)).atZone(zone).toInstant();
        Instant to = date(dated, 3).atTime(time(dated, 4)).atZone(zone).toInstant();
        if (!from.isBefore(to)) {
            throw new Malformed(text.substring(dated.start(3)), dated.start(3), "a time after the begin");
        }
        return new ScheduleWindow.Dated(from, to);
    }

    private static LocalTime time(Matcher matcher, int group) throws Malformed {
        try {
            return LocalTime.parse(matcher.group(group));
        } catch (DateTimeException e) {
            throw new Malformed(matcher.group(group), matcher.start(group), "a time from 00:00 to 23:59");
        }
    }

    private static LocalDate date(Matcher matcher, int group) throws Malformed {
        try {
            return LocalDate.parse(matcher.group(group));
        } catch (DateTimeException e) {
            throw new Malformed(matcher.group(group), matcher.start(group), "a date such as 2030-12-05");
        }
    }
}
