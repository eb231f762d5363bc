package io.headgate.limiter;

import java.time.ZoneId;

/**
 * A budget of {@code limit} tokens for each day, week or month of a time zone. It is full again at local midnight, on
 * Monday or on the first of the month, however long that day was.
 *
 * @param limit tokens per unit, 1 to {@link Quota#MAX_COUNT}
 * @param unit how long a budget lasts
 * @param zone whose calendar
 */
public record CalendarQuota(long limit, Unit unit, ZoneId zone) implements Quota {

    /** How long a budget lasts. */
    public enum Unit {
        /** From midnight to midnight. */
        DAY(0),
        /** From the midnight before Monday to the next (ISO 8601). */
        WEEK(1),
        /** From the midnight before the first of a month to the next. */
        MONTH(2);

        private final int number;

        Unit(int number) {
            this.number = number;
        }

        /** What stores write for it. A number keeps its meaning for ever. */
        public int number() {
            return number;
        }
    }

    /** @throws IllegalArgumentException if the limit is out of its range */
    public CalendarQuota {
        Quota.count("limit", limit);
    }

    @Override
    public long capacity() {
        return limit;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.of(this);
    }
}
