package io.headgate.policy.trial;

import io.headgate.policy.replay.Judgement;
import java.time.Duration;
import java.util.List;

/**
 * The first answer of a test that is not what was expected.
 *
 * @param step the step
 * @param number which of the step's requests, from 1
 * @param at when it was sent, from the start of the test
 * @param judged the answer
 * @param differences how it differs
 */
public record Mismatch(Step step, int number, Duration at, Judgement judged, List<Expectation.Difference> differences) {
    public Mismatch {
        differences = List.copyOf(differences);
    }
}
