package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Lets bytes pass when limits have been charged for them. Draws on the limits in portions, which it then spends; what
 * does not fit waits, and asks again when the limits say that it could, and every few seconds: somebody may have been
 * given something back.
 */
final class LimitBrake implements Brake {

    /** Between two questions to the store. */
    private static final long PORTION = 256 << 10;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration UNDECIDED_WAIT = Duration.ofSeconds(1);

    private final LimitGate gate;
    private final String plan;
    private final List<PlannedLimit> limits;
    private final long portion;
    /** What of the body has not been drawn yet; a body of unknown size is drawn as it comes. */
    private long expected;

    private long drawn;

    /**
     * @param expected bytes of the body, 0 if unknown
     * @param limits what to charge, all of it metered
     */
    LimitBrake(LimitGate gate, String plan, List<PlannedLimit> limits, long expected) {
        this.gate = gate;
        this.plan = plan;
        this.limits = limits;
        this.expected = expected;
        long most = PORTION;
        for (PlannedLimit limit : limits) {
            most = Math.min(
                    most,
                    ((Allowance.Metered) limit.allowance()).charge().quota().largestCost());
        }
        this.portion = most;
    }

    @Override
    public Mono<Void> release(int bytes) {
        if (drawn >= bytes) {
            drawn -= bytes;
            return Mono.empty();
        }
        long missing = bytes - drawn;
        return draw(Math.min(portion, Math.max(missing, expected))).then(Mono.defer(() -> release(bytes)));
    }

    private Mono<Void> draw(long tokens) {
        List<PlannedLimit> charged =
                limits.stream().map(limit -> limit.costing(tokens)).toList();
        return Mono.defer(() -> Mono.fromCompletionStage(gate.judge(plan, charged, gate.slots())))
                .flatMap(verdict -> {
                    if (verdict instanceof Verdict.Admitted) {
                        drawn += tokens;
                        expected = Math.max(0, expected - tokens);
                        return Mono.empty();
                    }
                    return Mono.delay(wait(verdict)).then(draw(tokens));
                });
    }

    private static Duration wait(Verdict verdict) {
        if (!(verdict instanceof Verdict.Refused refused)) {
            return UNDECIDED_WAIT;
        }
        long micros = refused.standings().stream()
                .filter(Standing::refuses)
                .mapToLong(Standing::resetMicros)
                .max()
                .orElse(0);
        Duration wait = Duration.ofNanos(Math.min(micros, LONGEST_WAIT.toMillis() * 1_000) * 1_000);
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    }
}
