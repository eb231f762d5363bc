package io.headgate.policy.trial;

import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.replay.Judgement;
import io.headgate.policy.replay.Replay;
import io.headgate.policy.replay.Verdict;
import io.headgate.policy.replay.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs tests against a policy, in no time. */
public final class TestRun {

    private final VirtualClock clock;
    private final Replay gateway;
    private final long startMicros;

    private TestRun(PolicyTest test, PolicyRules rules) {
        this.clock = new VirtualClock(test.start());
        this.gateway = new Replay(rules, clock);
        this.startMicros = clock.micros();
    }

    /** Where the test first finds something else than it expects; empty if it passes. */
    public static Optional<Mismatch> of(PolicyTest test, PolicyRules rules) {
        TestRun run = new TestRun(test, rules);
        for (Step step : test.steps()) {
            Optional<Mismatch> mismatch = run.run(step);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        return Optional.empty();
    }

    private Optional<Mismatch> run(Step step) {
        step.at().ifPresent(at -> clock.advanceTo(startMicros + micros(at)));
        int allowed = 0;
        for (int number = 1; ; number++) {
            Judgement judged = step.authenticated()
                    ? gateway.judge(step.facts(), micros(step.takes()))
                    : gateway.judgeUnauthenticated(step.facts());
            allowed += judged.verdict() == Verdict.ALLOWED ? 1 : 0;
            List<Expectation.Difference> differences =
                    new ArrayList<>(step.expected().ofEach(judged));
            if (number == step.times()) {
                differences.addAll(step.expected().ofLast(judged));
                differences.addAll(step.expected().ofCount(allowed));
            }
            if (!differences.isEmpty()) {
                Duration at = Duration.ofNanos((clock.micros() - startMicros) * 1_000);
                return Optional.of(new Mismatch(step, number, at, judged, differences));
            }
            if (number == step.times()) {
                return Optional.empty();
            }
            clock.advanceTo(clock.micros() + micros(step.every()));
        }
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
