package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store promises of limits whose numbers change while they count. */
public abstract class ChangedLimitsContract extends BudgetsAndSlotsContract {

    private static final TokenBucket PER_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 20);
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void a_raised_or_lowered_limit_keeps_the_share_of_it_that_was_used() {
        Charge window = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 8);
        Charge bucket = charge(PER_SECOND, 8);
        Charge budget = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 8);
        acquire(0, window, bucket, budget);

        assertThat(peek(
                        1,
                        window.against(new SlidingWindow(1_000, Duration.ofMinutes(1))),
                        bucket.against(new TokenBucket(7, Duration.ofMinutes(1), 50)),
                        budget.against(new CalendarQuota(Quota.MAX_COUNT, CalendarQuota.Unit.DAY, BERLIN))))
                .extracting(Usage::remaining)
                .containsExactly(200L, 30L, Quota.MAX_COUNT / 5);
        assertThat(peek(
                        0,
                        withCost(window, 1).against(FIVE_A_MINUTE),
                        withCost(bucket, 1).against(new TokenBucket(1, Duration.ofSeconds(1), 3)),
                        withCost(budget, 1).against(new CalendarQuota(3, CalendarQuota.Unit.DAY, BERLIN))))
                .extracting(Usage::remaining)
                .containsExactly(1L, 1L, 0L);
        assertThat(peek(0, withCost(window, 1), withCost(bucket, 1), withCost(budget, 1)))
                .extracting(Usage::remaining)
                .containsExactly(2L, 12L, 2L);
    }

    @Test
    void a_limit_that_is_raised_and_lowered_again_has_refilled_nothing_and_expires_as_before() {
        Charge ten = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 1);
        Charge thousand = ten.against(new SlidingWindow(1_000, Duration.ofMinutes(1)));
        acquire(0, withCost(ten, 3));
        advance(20 * SECOND);
        assertThat(acquire(1, withCost(thousand, 250)).usages().get(0).remaining())
                .isEqualTo(450);

        assertThat(acquire(0, withCost(ten, 4)).usages().get(0).remaining()).isZero();
        assertThat(denied(acquire(1, thousand)).retryAfterMicros()).isEqualTo(40 * SECOND);
        advance(40 * SECOND);
        assertThat(peek(0, thousand).get(0).remaining()).isEqualTo(300);
    }

    @Test
    void a_refund_finds_its_admission_under_another_limit() {
        Charge ten = charge(new SlidingWindow(10, Duration.ofMinutes(1)), 4);
        Charge budget = charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, BERLIN), 4);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, ten, budget);
        Charge hundred = ten.against(new SlidingWindow(100, Duration.ofMinutes(1)));
        Charge more = budget.against(new CalendarQuota(1_000, CalendarQuota.Unit.DAY, BERLIN));
        acquire(1, withCost(hundred, 20), withCost(more, 100));

        join(fleet().node(1).refund(List.of(ten, budget), admission));

        assertThat(peek(0, hundred, more)).extracting(Usage::remaining).containsExactly(80L, 900L);
    }

    @Test
    void a_limit_whose_kind_of_quota_changes_starts_anew() {
        Charge window = charge(FIVE_A_MINUTE, 5);
        acquire(0, window);

        Charge bucket = new Charge(window.key(), PER_SECOND, 1, window.onStoreFailure());

        assertThat(acquire(0, bucket).usages().get(0).remaining()).isEqualTo(19);
        assertThat(peek(0, withCost(window, 1)).get(0).remaining()).isEqualTo(5);
    }
}
