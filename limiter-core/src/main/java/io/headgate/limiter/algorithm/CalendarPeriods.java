package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.CalendarQuota.Unit;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The budgets of a calendar quota around a moment: where the one before begins, the present one, the next, and where that
 * ends. In microseconds since 1970 in UTC, rising; a day that a zone skips has no length.
 *
 * @param previous begin of the budget before
 * @param start begin of the present one
 * @param next begin of the next, and so the end of the present one
 * @param afterNext end of the next
 */
public record CalendarPeriods(long previous, long start, long next, long afterNext) {

    /** What was looked up last, by quota's unit and zone: few, and each is good for a day at least. */
    private static final Map<Unit, Map<ZoneId, CalendarPeriods>> LATEST = Map.of(
            Unit.DAY, new ConcurrentHashMap<>(),
            Unit.WEEK, new ConcurrentHashMap<>(),
            Unit.MONTH, new ConcurrentHashMap<>());

    /** The budgets of {@code quota} around {@code nowMicros}. */
    public static CalendarPeriods around(CalendarQuota quota, long nowMicros) {
        Map<ZoneId, CalendarPeriods> latest = LATEST.getOrDefault(quota.unit(), Map.of());
        CalendarPeriods known = latest.get(quota.zone());
        if (known != null && known.start <= nowMicros && nowMicros < known.next) {
            return known;
        }
        CalendarPeriods periods = computed(quota.unit(), quota.zone(), nowMicros);
        latest.put(quota.zone(), periods);
        return periods;
    }

    private static CalendarPeriods computed(Unit unit, ZoneId zone, long nowMicros) {
        LocalDate today = LocalDate.ofInstant(Instant.ofEpochSecond(Math.floorDiv(nowMicros, 1_000_000L)), zone);
        LocalDate start = firstDay(unit, today);
        return new CalendarPeriods(
                micros(plus(unit, start, -1), zone),
                micros(start, zone),
                micros(plus(unit, start, 1), zone),
                micros(plus(unit, start, 2), zone));
    }

    private static LocalDate firstDay(Unit unit, LocalDate day) {
        return switch (unit) {
            case DAY -> day;
            case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> day.withDayOfMonth(1);
        };
    }

    private static LocalDate plus(Unit unit, LocalDate day, int count) {
        return switch (unit) {
            case DAY -> day.plusDays(count);
            case WEEK -> day.plusWeeks(count);
            case MONTH -> day.plusMonths(count);
        };
    }

    private static long micros(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toEpochSecond() * 1_000_000;
    }

    /** Longer than any budget of this unit, whatever a zone does to its clocks. */
    public static long longestMicros(Unit unit) {
        Duration longest = switch (unit) {
            case DAY -> Duration.ofDays(2);
            case WEEK -> Duration.ofDays(8);
            case MONTH -> Duration.ofDays(32);
        };
        return longest.toNanos() / 1_000;
    }
}
