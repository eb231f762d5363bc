package io.headgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaTest {

    @Test
    void a_quota_that_makes_no_sense_is_refused_by_the_name_of_its_field() {
        Duration minute = Duration.ofMinutes(1);
        assertThatThrownBy(() -> new TokenBucket(0, minute, 1)).hasMessage("refill: 0 (expected: 1 to 35184372088832)");
        assertThatThrownBy(() -> new TokenBucket(1, minute, -1))
                .hasMessage("burst: -1 (expected: 1 to 35184372088832)");
        assertThatThrownBy(() -> new SlidingWindow(1, Duration.ZERO))
                .hasMessage("window: PT0S (expected: more than zero, at most 366 days)");
        assertThatThrownBy(() -> new SlidingWindow(1, Duration.ofDays(367)))
                .hasMessage("window: PT8808H (expected: more than zero, at most 366 days)");
        assertThatThrownBy(() -> new SlidingWindow(1, Duration.ofNanos(1_500)))
                .hasMessage("window: PT0.0000015S (expected: whole microseconds)");
        assertThatThrownBy(() -> new TokenBucket(1, Duration.ofDays(366), 11))
                .hasMessage("burst: 11 (expected: few enough to refill within 10 years at 1 per PT8784H)");
    }

    @Test
    void a_cost_that_can_never_fit_is_refused() {
        SlidingWindow ten = new SlidingWindow(10, Duration.ofMinutes(1));
        LimitKey key = LimitKey.of("api", Subject.EVERYONE);
        assertThatThrownBy(() -> new Charge(key, ten, 11, OnStoreFailure.LOCAL))
                .hasMessage("cost: 11 (expected: 1 to 10)");
        assertThatThrownBy(() -> new Charge(key, ten, 0, OnStoreFailure.LOCAL))
                .hasMessage("cost: 0 (expected: 1 to 10)");
    }

    @Test
    void subjects_differ_by_kind_by_value_and_by_where_one_part_ends() {
        assertThat(List.of(
                        Subject.of("user", "a"),
                        Subject.of("ip", "a"),
                        Subject.of("user", "b"),
                        subject("k", "ab", "k", "c"),
                        subject("k", "a", "k", "bc"),
                        subject("k", "abk", "", "c"),
                        Subject.EVERYONE))
                .doesNotHaveDuplicates();
        assertThat(Subject.of("user", "a")).isEqualTo(Subject.of("user", "a"));
    }

    private static Subject subject(String kind1, String value1, String kind2, String value2) {
        return Subject.of(List.of(new Subject.Part(kind1, value1), new Subject.Part(kind2, value2)));
    }
}
