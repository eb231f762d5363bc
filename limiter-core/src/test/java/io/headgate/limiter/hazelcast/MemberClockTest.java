package io.headgate.limiter.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemberClockTest {

    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long CLUSTER_MILLIS = 1_700_000_000_000L;
    private static final long CLUSTER_MICROS = CLUSTER_MILLIS * 1_000;

    private final AtomicLong nanoTime = new AtomicLong(-5);

    @Test
    void a_member_whose_wall_clock_is_an_hour_off_goes_by_the_clusters() {
        for (long off : new long[] {-HOUR_MILLIS, HOUR_MILLIS}) {
            assertThat(clock(CLUSTER_MICROS + 1_000 * off).getAsLong()).isEqualTo(CLUSTER_MICROS);
        }
    }

    @Test
    void a_member_whose_wall_clock_is_about_right_goes_by_that_to_the_microsecond() {
        assertThat(clock(CLUSTER_MICROS + 999_999).getAsLong()).isEqualTo(CLUSTER_MICROS + 999_999);
        assertThat(clock(CLUSTER_MICROS - 999_999).getAsLong()).isEqualTo(CLUSTER_MICROS - 999_999);
    }

    @Test
    void once_set_it_runs_on_by_the_monotonic_clock_alone() {
        MemberClock clock = clock(CLUSTER_MICROS);
        long before = clock.getAsLong();

        nanoTime.addAndGet(TimeUnit.DAYS.toNanos(400));

        assertThat(clock.getAsLong() - before).isEqualTo(TimeUnit.DAYS.toMicros(400));
    }

    private MemberClock clock(long ownMicros) {
        return new MemberClock(CLUSTER_MILLIS, ownMicros, nanoTime::get);
    }
}
