package io.headgate.policy.diff;

import static io.headgate.policy.diff.Strictness.LOOSER;
import static io.headgate.policy.diff.Strictness.MIXED;
import static io.headgate.policy.diff.Strictness.TIGHTER;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.PlanRule;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
        "window: 100/h,         window: 150/90min,     MIXED",
        "window: 100/h,         rate: 100/h,           LOOSER",
        "rate: 100/h,           window: 100/h,         TIGHTER",
        "window: 120/h,         rate: 60/h burst 60,   TIGHTER",
        "window: 100/h,         rate: 60/h burst 60,   MIXED",
    })
    void amountsAreComparedByWhatTheyAdmit(String before, String after, Strictness expected) {
        assertThat(Strictness.of(amount(before), amount(after))).isEqualTo(expected);
    }

    static Stream<Arguments> otherKinds() {
        Quota day = new CalendarQuota(5, CalendarQuota.Unit.DAY, ZoneOffset.UTC);
        Quota queue = new LeakyBucket(10, ofSeconds(1), ofSeconds(2));
        Quota slots = new Concurrency(3, ofSeconds(45));
        Quota bucket = new TokenBucket(60, ofMinutes(1), 20);
        return Stream.of(
                arguments(day, new CalendarQuota(6, CalendarQuota.Unit.DAY, ZoneOffset.UTC), LOOSER),
                arguments(day, new CalendarQuota(4, CalendarQuota.Unit.DAY, ZoneOffset.UTC), TIGHTER),
                arguments(day, new CalendarQuota(5, CalendarQuota.Unit.DAY, ZoneOffset.ofHours(1)), MIXED),
                arguments(day, new SlidingWindow(5, ofDays(1)), MIXED),
                arguments(queue, new LeakyBucket(20, ofSeconds(1), ofSeconds(2)), LOOSER),
                arguments(queue, new LeakyBucket(10, ofSeconds(1), ofSeconds(1)), TIGHTER),
                arguments(queue, new LeakyBucket(20, ofSeconds(1), ofSeconds(1)), MIXED),
                arguments(slots, new Concurrency(4, ofSeconds(45)), LOOSER),
                arguments(slots, new Concurrency(3, ofSeconds(90)), TIGHTER),
                arguments(slots, new Concurrency(4, ofSeconds(90)), MIXED),
                arguments(bucket, new Penalty(bucket, ofMinutes(15)), TIGHTER),
                arguments(new Penalty(bucket, ofMinutes(15)), bucket, LOOSER),
                arguments(new Penalty(bucket, ofMinutes(15)), new Penalty(bucket, ofMinutes(5)), LOOSER));
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void quotasOfOtherKindsAreComparedToo(Quota before, Quota after, Strictness expected) {
        assertThat(Strictness.of(new Amount.Metered(before), new Amount.Metered(after)))
                .isEqualTo(expected);
    }
}
