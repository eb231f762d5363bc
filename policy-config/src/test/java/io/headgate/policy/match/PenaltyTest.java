package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.policy.match.PlannedLimit.Allowance;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits whose refusal starts a block. */
class PenaltyTest {

    private static PlannedLimit limit(String amount) {
        return PolicyUnderTest.of("""
                limits:
                  login: { per: ip, %s }
                routes:
                  feed: { match: /feed, limits: [login] }
                """.formatted(amount)).get(ALICE).limits().get(0);
    }

    private static Quota quota(PlannedLimit limit) {
        return ((Allowance.Metered) limit.allowance()).charge().quota();
    }

    @Test
    void aRefusalBlocks() {
        assertThat(quota(limit("window: 5/min, then: block 15 min")))
                .isEqualTo(new Penalty(new SlidingWindow(5, Duration.ofMinutes(1)), Duration.ofMinutes(15)));
    }

    @ParameterizedTest
    @CsvSource({
        "'window: 5/min, then: block 15 min', '5 requests in any minute, and a refusal blocks for 15 minutes'",
        "'rate: 5/min, then: block 1h',       '5 requests per minute, and a refusal blocks for 1 hour'",
        "'quota: 5/day, then: block 1day',    '5 requests per calendar day, and a refusal blocks for 1 day'",
    })
    void itSaysSo(String amount, String words) {
        assertThat(limit(amount).words()).isEqualTo(words);
    }

    @Test
    void whatNeverFitsNeedsNoBlock() {
        assertThat(limit("window: 0, then: block 1h").allowance()).isEqualTo(new Allowance.Never());
    }
}
