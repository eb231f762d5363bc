package io.headgate.limiter.algorithm;

import io.headgate.limiter.CalendarQuota;

/**
 * What has been used of one day's, week's or month's budget.
 *
 * @param unit how long the budget lasts
 * @param used tokens
 * @param endMicros when it ends
 */
public record CalendarState(CalendarQuota.Unit unit, long used, long endMicros) implements LimitState {}
