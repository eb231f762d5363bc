package io.headgate.policy.match;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rollout at work: who takes part, and whether it has stopped itself. Each node counts its own decisions, in stretches
 * of the length that the stop condition names, and judges a stretch by the first decision after it.
 *
 * <p>Thread-safe.
 */
public final class Rollout {

    private static final Logger log = LoggerFactory.getLogger(Rollout.class);

    private final RolloutRule rule;
    private final InstantSource clock;
    private final long salt;
    private volatile boolean stopped;

    private @Nullable Instant stretchEnd;
    private long decisions;
    private long refusals;

    Rollout(RolloutRule rule, InstantSource clock) {
        this.rule = rule;
        this.clock = clock;
        this.salt = LimitKey.limitId(rule.name());
    }

    /** What is tried. */
    public RolloutRule rule() {
        return rule;
    }

    /** Whether it has stopped itself: what it tries holds for nobody then. */
    public boolean stopped() {
        return stopped;
    }

    /** Whether a caller takes part: always the same answer for the same caller, and others for other rollouts. */
    boolean takes(Subject caller) {
        if (stopped) {
            return false;
        }
        // A digest's bits are as good as random; multiplied, those of the salt reach the upper ones.
        long mixed = (caller.lo() ^ salt) * 0x9e3779b97f4a7c15L;
        return Long.remainderUnsigned(mixed >>> 16, 100) < rule.percent();
    }

    /** That one of its limits has decided on a request. */
    public void decided(boolean refused) {
        Optional<StopCondition> condition = rule.stopIf();
        if (condition.isPresent() && !stopped) {
            decided(refused, condition.get());
        }
    }

    private synchronized void decided(boolean refused, StopCondition condition) {
        Instant now = clock.instant();
        if (stretchEnd == null || !now.isBefore(stretchEnd)) {
            if (condition.isMet(refusals, decisions)) {
                stop(condition);
            }
            stretchEnd = now.plus(condition.stretch());
            decisions = 0;
            refusals = 0;
        }
        decisions++;
        refusals += refused ? 1 : 0;
    }

    private void stop(StopCondition condition) {
        stopped = true;
        log.warn(
                "Rollout {} has stopped itself ({}): {} of {} decisions were refusals. What the policy says without it"
                        + " holds again ({})",
                rule.name(),
                condition,
                refusals,
                decisions,
                rule.place());
    }

    /** Goes on where the same rollout stood before a reload. */
    synchronized void continueFrom(Rollout before) {
        synchronized (before) {
            stopped = before.stopped;
            stretchEnd = before.stretchEnd;
            decisions = before.decisions;
            refusals = before.refusals;
        }
    }
}
