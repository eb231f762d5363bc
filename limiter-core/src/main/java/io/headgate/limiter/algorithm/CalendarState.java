package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;

/**
 * What has been used of one day's, week's or month's budget.
 *
 * @param unit how long the budget lasts
 * @param used tokens
 * @param endMicros when it ends
 * @param limit what the tokens are a share of; 0 if it was written before that was kept
 */
public record CalendarState(CalendarQuota.Unit unit, long used, long endMicros, long limit) implements LimitState {

    /** A use of which it is not known what it is a share of. */
    public CalendarState(CalendarQuota.Unit unit, long used, long endMicros) {
        this(unit, used, endMicros, 0);
    }
}
