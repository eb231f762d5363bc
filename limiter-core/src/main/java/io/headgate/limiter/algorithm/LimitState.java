package io.headgate.limiter.algorithm;

/** What a counter remembers between calls. Immutable; made and read by the {@link Algorithm} of its quota. */
public sealed interface LimitState
        permits TokenBucketState,
                SlidingWindowState,
                CalendarState,
                LeakyBucketState,
                LeasesState,
                PenaltyState,
                SettledState {}
