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
        assertThatThrownBy(() -> new TokenBucket(0, minute, 1))
                .hasMessage("refill: 0 (expected: 1 to 4503599627370496)");
        assertThatThrownBy(() -> new TokenBucket(1, minute, -1))
                .hasMessage("burst: -1 (expected: 1 to 4503599627370496)");
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
    void a_limit_of_holders_is_small_enough_to_remember_each() {
        Duration minute = Duration.ofMinutes(1);
        assertThatThrownBy(() -> new Concurrency(0, minute)).hasMessage("slots: 0 (expected: 1 to 1000)");
        assertThatThrownBy(() -> new Concurrency(1_001, minute)).hasMessage("slots: 1001 (expected: 1 to 1000)");
        assertThatThrownBy(() -> new Concurrency(1, Duration.ZERO))
                .hasMessage("lease: PT0S (expected: more than zero, at most 366 days)");
    }

    @Test
    void a_queue_holds_as_many_calls_as_leave_within_its_longest_delay_and_the_one_that_goes_at_once() {
        assertThat(new LeakyBucket(10, Duration.ofSeconds(1), Duration.ofMillis(500)).capacity())
                .isEqualTo(6);
        assertThat(new LeakyBucket(10, Duration.ofSeconds(1), Duration.ofMillis(99)).capacity())
                .isEqualTo(1);
        assertThatThrownBy(() -> new LeakyBucket(Quota.MAX_COUNT, Duration.ofNanos(1_000), Duration.ofSeconds(1)))
                .hasMessage("longestDelay: PT1S (expected: short enough for at most 4503599627370496 tokens to wait"
                        + " at 4503599627370496 per PT0.000001S)");
    }

    @Test
    void a_penalty_needs_a_quota_that_counts_tokens() {
        Duration minute = Duration.ofMinutes(1);
        Penalty penalty = new Penalty(new SlidingWindow(5, minute), minute);
        assertThat(penalty.capacity()).isEqualTo(5);
        assertThatThrownBy(() -> new Penalty(penalty, minute)).hasMessageStartingWith("quota: Penalty[");
        assertThatThrownBy(() -> new Penalty(new Concurrency(1, minute), minute))
                .hasMessage("quota: Concurrency[slots=1, lease=PT1M] (expected: a quota that counts tokens)");
    }

    @Test
    void only_a_limit_of_holders_has_one() {
        LimitKey key = LimitKey.of("streams", Subject.EVERYONE);
        Charge charge = new Charge(key, new Concurrency(3, Duration.ofSeconds(45)), 1, OnStoreFailure.LOCAL);

        assertThat(charge.heldBy(Holder.of("session-1"))).isEqualTo(charge.heldBy(Holder.of("session-1")));
        assertThat(charge.heldBy(Holder.of("session-1"))).isNotEqualTo(charge.heldBy(Holder.of("session-2")));
        assertThat(Holder.unique()).isNotEqualTo(Holder.unique());
        assertThatThrownBy(() -> new Charge(key, charge.quota(), 2, OnStoreFailure.LOCAL))
                .hasMessage("cost: 2 (expected: 1 to 1)");
        assertThatThrownBy(() -> new Charge(
                        key, new SlidingWindow(1, Duration.ofMinutes(1)), 1, OnStoreFailure.LOCAL, new Holder(7)))
                .hasMessageStartingWith("holder: Holder[id=7] (expected: none for SlidingWindow[");
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
