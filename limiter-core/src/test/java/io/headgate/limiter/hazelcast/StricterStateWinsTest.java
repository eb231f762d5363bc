package io.headgate.limiter.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.algorithm.CalendarState;
import io.headgate.limiter.algorithm.LeakyBucketState;
import io.headgate.limiter.algorithm.LeasesState;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.algorithm.PenaltyState;
import io.headgate.limiter.algorithm.SlidingWindowState;
import io.headgate.limiter.algorithm.TokenBucketState;
import java.util.List;
import org.junit.jupiter.api.Test;

class StricterStateWinsTest {

    @Test
    void of_two_buckets_the_one_that_is_full_again_later_stays() {
        Counter owesMore = counter(1, new TokenBucketState(9, 0, 1, 100), 190);
        Counter owesLess = counter(1, new TokenBucketState(7, 0, 1, 105), 175);

        assertThat(merged(owesMore, owesLess)).containsExactly(owesMore);
        assertThat(merged(owesLess, owesMore)).containsExactly(owesMore);
    }

    @Test
    void of_two_logs_every_admission_counts_and_a_common_one_once() {
        Counter one = counter(1, SlidingWindowState.of(10, 1, 20, 2), 120);
        Counter other = counter(1, SlidingWindowState.of(10, 1, 15, 3), 115);

        assertThat(merged(one, other)).containsExactly(counter(1, SlidingWindowState.of(10, 1, 15, 3, 20, 2), 120));
    }

    @Test
    void of_two_windows_each_slice_keeps_the_larger_count() {
        Counter one = counter(1, SlidingWindowState.of(59, 40, 119, 5), 219);
        Counter other = counter(1, SlidingWindowState.of(59, 30, 119, 25), 219);

        assertThat(merged(one, other)).containsExactly(counter(1, SlidingWindowState.of(59, 40, 119, 25), 219));
    }

    @Test
    void of_two_budgets_that_end_together_the_one_more_used_stays_and_else_the_later() {
        Counter more = counter(1, new CalendarState(CalendarQuota.Unit.DAY, 9, 100), 100);
        Counter less = counter(1, new CalendarState(CalendarQuota.Unit.DAY, 3, 100), 100);
        Counter later = counter(1, new CalendarState(CalendarQuota.Unit.DAY, 1, 200), 200);

        assertThat(merged(less, more)).containsExactly(more);
        assertThat(merged(more, less)).containsExactly(more);
        assertThat(merged(more, later)).containsExactly(later);
    }

    @Test
    void halves_that_counted_under_different_limits_compare_shares() {
        Counter half = counter(1, new CalendarState(CalendarQuota.Unit.DAY, 5, 100, 10), 100);
        Counter less = counter(1, new CalendarState(CalendarQuota.Unit.DAY, 40, 100, 100), 100);
        assertThat(merged(half, less)).containsExactly(half);
        assertThat(merged(less, half)).containsExactly(half);

        Counter ten = counter(1, SlidingWindowState.of(10, 1, 20, 2).under(10), 120);
        Counter hundred = counter(1, SlidingWindowState.of(10, 30, 15, 10).under(100), 115);
        assertThat(merged(ten, hundred))
                .containsExactly(
                        counter(1, SlidingWindowState.of(10, 3, 15, 1, 20, 2).under(10), 120));
    }

    @Test
    void everyone_who_holds_a_slot_on_either_side_keeps_it_until_the_later_end() {
        Counter here = counter(1, LeasesState.of(7, 100, 8, 120), 120);
        Counter there = counter(1, LeasesState.of(9, 90, 7, 130), 130);

        assertThat(merged(here, there)).containsExactly(counter(1, LeasesState.of(9, 90, 8, 120, 7, 130), 130));
    }

    @Test
    void of_two_queues_the_one_that_empties_later_stays() {
        Counter longer = counter(1, new LeakyBucketState(140, 1, 3, 90), 141);
        Counter shorter = counter(1, new LeakyBucketState(130, 0, 3, 100), 130);

        assertThat(merged(longer, shorter)).containsExactly(longer);
        assertThat(merged(shorter, longer)).containsExactly(longer);
    }

    @Test
    void a_block_of_either_side_stays_until_the_later_end_and_under_it_the_stricter_count() {
        Counter blocked = counter(1, new PenaltyState(SlidingWindowState.of(10, 1), 500), 500);
        Counter longer = counter(1, new PenaltyState(SlidingWindowState.of(20, 2), 600), 600);
        Counter free = counter(1, SlidingWindowState.of(30, 3), 130);

        assertThat(merged(blocked, free))
                .containsExactly(counter(1, new PenaltyState(SlidingWindowState.of(10, 1, 30, 3), 500), 500));
        assertThat(merged(free, blocked)).isEqualTo(merged(blocked, free));
        assertThat(merged(blocked, longer))
                .containsExactly(counter(1, new PenaltyState(SlidingWindowState.of(10, 1, 20, 2), 600), 600));
    }

    @Test
    void a_limit_that_only_one_side_counted_stays() {
        Counter here = counter(1, new TokenBucketState(1, 0, 1, 100), 101);
        Counter there = counter(2, SlidingWindowState.of(10, 1), 110);

        assertThat(merged(here, there)).containsExactly(here, there);
    }

    @Test
    void of_two_kinds_of_quota_the_one_that_matters_longer_stays() {
        Counter bucket = counter(1, new TokenBucketState(1, 0, 1, 100), 101);
        Counter window = counter(1, SlidingWindowState.of(10, 1), 110);

        assertThat(merged(bucket, window)).containsExactly(window);
    }

    @Test
    void a_state_that_cannot_be_read_does_not_keep_others_from_merging() {
        byte[] readable = new SubjectState(List.of(counter(1, new TokenBucketState(1, 0, 1, 100), 101))).toBytes();
        byte[] newer = {2, 1, 2, 3};

        assertThat(new StricterStateWins().merge(value(newer), value(readable))).isEqualTo(readable);
        assertThat(new StricterStateWins().merge(value(readable), value(newer))).isEqualTo(newer);
        assertThat(new StricterStateWins().merge(value(newer), null)).isEqualTo(newer);
    }

    private static MergingValue<byte[]> value(byte[] bytes) {
        return new MergingValue<>() {
            @Override
            public Object getRawValue() {
                return bytes;
            }

            @Override
            public byte[] getDeserializedValue() {
                return bytes;
            }
        };
    }

    private static List<Counter> merged(Counter one, Counter other) {
        return StricterStateWins.merged(new SubjectState(List.of(one)), new SubjectState(List.of(other)))
                .counters();
    }

    private static Counter counter(long limit, LimitState state, long idleAt) {
        return new Counter(limit, state, idleAt);
    }
}
