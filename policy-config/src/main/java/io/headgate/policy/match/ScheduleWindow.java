package io.headgate.policy.match;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.stream.Stream;

/** When a schedule holds: from a begin, which counts, to an end, which does not. */
public sealed interface ScheduleWindow {

    /** Whether it holds at that time. */
    boolean holdsAt(Instant time);

    /** When that changes next; {@link Instant#MAX} if it never does. */
    Instant nextChange(Instant time);

    /** Whether both hold at some time and neither goes before the other. A dated window goes before a daily one. */
    boolean contendsWith(ScheduleWindow other);

    /**
     * Once a day, over midnight if it ends before it begins. A time of day that a change of clocks skips is that much
     * later on that day; one that comes twice is the first.
     *
     * @param from time of day at which it begins
     * @param to time of day at which it ends, another one
     */
    record Daily(LocalTime from, LocalTime to, ZoneId zone) implements ScheduleWindow {

        @Override
        public boolean holdsAt(Instant time) {
            LocalDate today = today(time);
            return holdsAt(time, today) || holdsAt(time, today.minusDays(1));
        }

        private boolean holdsAt(Instant time, LocalDate day) {
            return !time.isBefore(begin(day)) && time.isBefore(end(day));
        }

        @Override
        public Instant nextChange(Instant time) {
            LocalDate today = today(time);
            return Stream.of(end(today.minusDays(1)), begin(today), end(today))
                    .filter(change -> change.isAfter(time))
                    .reduce(begin(today.plusDays(1)), (one, other) -> one.isBefore(other) ? one : other);
        }

        private LocalDate today(Instant time) {
            return time.atZone(zone).toLocalDate();
        }

        private Instant begin(LocalDate day) {
            return day.atTime(from).atZone(zone).toInstant();
        }

        private Instant end(LocalDate day) {
            LocalDate last = to.isAfter(from) ? day : day.plusDays(1);
            return last.atTime(to).atZone(zone).toInstant();
        }

        @Override
        public boolean contendsWith(ScheduleWindow other) {
            return other instanceof Daily daily && (covers(daily.from) || daily.covers(from));
        }

        private boolean covers(LocalTime time) {
            boolean begun = !time.isBefore(from);
            boolean goesOn = time.isBefore(to);
            return to.isAfter(from) ? begun && goesOn : begun || goesOn;
        }

        @Override
        public String toString() {
            return "daily " + from + "-" + to + " in " + zone;
        }
    }

    /**
     * Once.
     *
     * @param from when it begins
     * @param to when it ends, later than that
     */
    record Dated(Instant from, Instant to) implements ScheduleWindow {

        @Override
        public boolean holdsAt(Instant time) {
            return !time.isBefore(from) && time.isBefore(to);
        }

        @Override
        public Instant nextChange(Instant time) {
            if (time.isBefore(from)) {
                return from;
            }
            return time.isBefore(to) ? to : Instant.MAX;
        }

        @Override
        public boolean contendsWith(ScheduleWindow other) {
            return other instanceof Dated dated && from.isBefore(dated.to) && dated.from.isBefore(to);
        }

        @Override
        public String toString() {
            return from + " to " + to;
        }
    }
}
