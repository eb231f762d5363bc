package io.headgate.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {

    @Test
    void ratiosCompareWhatRanInTheSameRound() {
        Results results = new Results();
        double[][] perSecond = {{100, 200}, {90, 100}, {10, 40}};
        for (double[] round : perSecond) {
            results.add("ours", new Results.Round(round[0], 1, 1, 0, 0));
            results.add("theirs", new Results.Round(round[1], 1, 1, 0, 0));
        }
        assertThat(results.ratio("ours", "theirs", Results.Round::requestsPerSecond))
                .isEqualTo(new Results.Ratio(0.5, 0.25, 0.9));
    }

    @Test
    void thePercentilesOfALatencyAreRoundedUpToAStep() {
        Latencies latencies = new Latencies();
        for (int micros = 1; micros <= 1_000; micros++) {
            latencies.add(micros);
        }
        assertThat(latencies.percentileMicros(50)).isEqualTo(510);
        assertThat(latencies.percentileMicros(99)).isEqualTo(1_000);
    }

    @Test
    void latenciesBeyondASecondCountAsASecond() {
        Latencies latencies = new Latencies();
        latencies.add(5_000_000);
        assertThat(latencies.percentileMicros(50)).isEqualTo(1_000_000);
    }
}
