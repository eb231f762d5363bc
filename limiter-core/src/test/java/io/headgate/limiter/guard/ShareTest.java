package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ShareTest {

    private static final SlidingWindow TEN = new SlidingWindow(10, Duration.ofMinutes(1));

    @Test
    void the_parts_of_all_nodes_add_up_to_the_window() {
        for (int nodes = 1; nodes <= 10; nodes++) {
            long sum = 0;
            for (int index = 0; index < nodes; index++) {
                sum += new Share(index, nodes).of(charge(TEN, 1)).quota().capacity();
            }
            assertThat(sum).as("%d nodes", nodes).isEqualTo(10);
        }
    }

    @Test
    void a_bucket_is_divided_in_burst_and_in_rate() {
        Charge charge = charge(new TokenBucket(60, Duration.ofMinutes(1), 20), 1);

        assertThat(new Share(0, 3).of(charge).quota()).isEqualTo(new TokenBucket(60, Duration.ofMinutes(3), 7));
        assertThat(new Share(2, 3).of(charge).quota()).isEqualTo(new TokenBucket(60, Duration.ofMinutes(3), 6));
    }

    @Test
    void a_bucket_whose_period_cannot_grow_gets_a_smaller_refill() {
        Charge charge = charge(new TokenBucket(900, Duration.ofDays(366), 100), 1);

        assertThat(new Share(1, 3).of(charge).quota()).isEqualTo(new TokenBucket(300, Duration.ofDays(366), 33));
    }

    @Test
    void every_other_quota_is_divided_in_what_it_counts() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        Duration second = Duration.ofSeconds(1);
        Share last = new Share(2, 3);

        assertThat(last.of(charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, berlin), 1))
                        .quota())
                .isEqualTo(new CalendarQuota(3, CalendarQuota.Unit.DAY, berlin));
        assertThat(last.of(charge(new LeakyBucket(10, second, second), 5)).quota())
                .isEqualTo(new LeakyBucket(10, Duration.ofSeconds(3), second));
        assertThat(last.of(charge(new Concurrency(2, second), 1)).quota()).isEqualTo(new Concurrency(1, second));
        assertThat(last.of(charge(new Penalty(TEN, second), 1)).quota())
                .isEqualTo(new Penalty(new SlidingWindow(3, Duration.ofMinutes(1)), second));
    }

    @Test
    void a_part_of_a_slot_keeps_its_holder() {
        Holder holder = Holder.of("session");

        assertThat(new Share(1, 2)
                        .of(charge(new Concurrency(4, Duration.ofSeconds(45)), 1)
                                .heldBy(holder))
                        .holder())
                .isEqualTo(holder);
    }

    @Test
    void a_part_can_always_admit_the_call() {
        assertThat(new Share(9, 10).of(charge(TEN, 7)).quota().capacity()).isEqualTo(7);
        assertThat(new Share(19, 20).of(charge(TEN, 1)).quota().capacity()).isEqualTo(1);
    }

    @Test
    void the_only_node_has_everything() {
        Charge charge = charge(TEN, 3);
        assertThat(Share.WHOLE.of(charge)).isSameAs(charge);
    }

    @Test
    void an_index_outside_the_fleet_is_refused() {
        assertThatThrownBy(() -> new Share(3, 3)).hasMessage("index: 3 (expected: 0 to 2)");
    }

    private static Charge charge(Quota quota, long cost) {
        return new Charge(LimitKey.of("share", Subject.EVERYONE), quota, cost, OnStoreFailure.LOCAL);
    }
}
