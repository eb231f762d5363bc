package io.headgate.policy.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.PlanRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictnessTest {

    private static Amount amount(String written) {
        LoadResult result = new PolicyLoader().parse("policy.yaml", """
                        apiVersion: limits/v1
                        kind: Policy
                        limits: { api: { per: user, %s } }
                        routes: { all: { match: /**, limits: [api] } }
                        """.formatted(written));
        if (result instanceof LoadResult.Loaded loaded) {
            PlanRule plan = loaded.policy().rules().plans().get(0);
            return plan.allotments().values().iterator().next().amount();
        }
        return fail(result.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "rate: 60/min,          rate: 60/min,          SAME",
        "rate: 60/min burst 60, rate: 1/s burst 60,    SAME",
        "rate: 60/min burst 20, rate: 60/min burst 10, TIGHTER",
        "rate: 60/min burst 20, rate: 90/min burst 20, LOOSER",
        "rate: 60/min burst 20, rate: 90/min burst 10, MIXED",
        "rate: 60/min,          rate: 0,               TIGHTER",
        "rate: 0,               rate: 60/min,          LOOSER",
        "rate: unlimited,       rate: 60/min,          TIGHTER",
        "rate: 60/min,          rate: unlimited,       LOOSER",
        "rate: 0,               rate: unlimited,       LOOSER",
        "rate: unlimited,       rate: 0,               TIGHTER",
        "window: 100/h,         window: 2400/day,      LOOSER",
        "window: 100/h,         window: 50/30min,      TIGHTER",
        "window: 100/h,         window: 200/3h,        MIXED",
        "window: 100/h,         rate: 100/h,           LOOSER",
        "rate: 100/h,           window: 100/h,         TIGHTER",
        "window: 120/h,         rate: 60/h burst 60,   TIGHTER",
        "window: 100/h,         rate: 60/h burst 60,   MIXED",
    })
    void amountsAreComparedByWhatTheyAdmit(String before, String after, Strictness expected) {
        assertThat(Strictness.of(amount(before), amount(after))).isEqualTo(expected);
    }
}
