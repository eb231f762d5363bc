package io.headgate.policy.match;

import java.time.Duration;

/**
 * When a rollout stops itself: if more than a share of its decisions in a stretch of time were refusals. Stretches with
 * fewer than {@link #FEWEST} decisions say nothing.
 *
 * @param percent the share, 0 to 99
 * @param stretch how long one stretch is
 */
public record StopCondition(int percent, Duration stretch) {

    /** Fewest decisions that are judged. */
    public static final int FEWEST = 100;

    boolean isMet(long refusals, long decisions) {
        return decisions >= FEWEST && refusals * 100 > decisions * percent;
    }

    /** As a policy writes it. */
    @Override
    public String toString() {
        return "denied > " + percent + "% for " + stretch.toSeconds() + "s";
    }
}
