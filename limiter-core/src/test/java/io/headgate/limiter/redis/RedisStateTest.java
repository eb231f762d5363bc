package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.SettledState;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.redisson.client.codec.ByteArrayCodec;

/** The bytes that Redis keeps. None may ever change: counters of a running fleet look like this. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisStateTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final long MIDNIGHT = START - START % (86_400 * SECOND) + 86_400 * SECOND;

    private RedisFleet fleet;

    @BeforeAll
    void start() throws Exception {
        fleet = new RedisFleet(START);
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @Test
    void a_token_bucket_is_what_is_owed_in_parts_of_a_token_and_when() {
        assertKept(
                new TokenBucket(1, Duration.ofSeconds(1), 20),
                5,
                "31 " + narrow(5) + narrow(0) + narrow(SECOND) + integer(START) + narrow(20),
                new Usage(15, SECOND, 0));
        assertFound(
                charge(new TokenBucket(1, Duration.ofSeconds(1), 20), 1),
                "21 " + integer(5) + integer(0) + integer(SECOND) + integer(START) + integer(20),
                new Usage(15, SECOND, 0));
    }

    @Test
    void a_token_bucket_of_large_numbers_is_the_same_in_more_bytes() {
        long burst = 1L << 32;
        assertKept(
                new TokenBucket(1_000_000, Duration.ofSeconds(1), burst),
                5,
                "21 " + integer(5) + integer(0) + integer(1) + integer(START) + integer(burst),
                new Usage(burst - 5, 1, 0));
    }

    @Test
    void a_sliding_window_is_its_total_and_then_its_slices() {
        assertKept(
                new SlidingWindow(5, Duration.ofMinutes(1)),
                2,
                "22 " + number(2) + number(5) + number(START) + number(2),
                new Usage(3, 60 * SECOND, 0));
    }

    @Test
    void a_calendar_quota_is_its_unit_what_is_used_and_when_it_ends() {
        assertKept(
                new CalendarQuota(10, CalendarQuota.Unit.DAY, ZoneOffset.UTC),
                3,
                "23 " + number(0) + number(3) + number(MIDNIGHT) + number(10),
                new Usage(7, MIDNIGHT - START, 0));
    }

    @Test
    void slots_are_their_holders_and_the_ends_of_their_leases() {
        Charge slot = charge(new Concurrency(2, Duration.ofSeconds(45)), 1);
        assertKept(
                slot.heldBy(new Holder(0x0123_4567_89AB_CDEFL)),
                "14 0123456789ABCDEF " + number(START + 45 * SECOND),
                new Usage(1, 45 * SECOND, 0));
    }

    @Test
    void a_leaky_bucket_is_when_it_is_empty_in_parts_of_a_microsecond_and_when_that_was_so() {
        assertKept(
                new LeakyBucket(3, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                1,
                "15 " + number(START + 333_333) + number(1) + number(3) + number(START),
                new Usage(3, 333_334, 0));
    }

    @Test
    void a_block_is_when_it_ends_and_then_what_it_blocks() {
        Charge penal = charge(new Penalty(new SlidingWindow(5, Duration.ofMinutes(1)), Duration.ofMinutes(15)), 5);
        join(penal);
        assertKept(
                penal,
                "16 " + number(START + 900 * SECOND) + "22 " + number(5) + number(5) + number(START) + number(5),
                new Usage(0, 900 * SECOND, 900 * SECOND));
    }

    @Test
    void a_settlement_is_until_when_it_is_remembered() {
        Charge charge = charge(new TokenBucket(1, Duration.ofSeconds(1), 20), 5);
        Decision.Allowed admission = (Decision.Allowed)
                fleet.node(0).acquire(List.of(charge)).toCompletableFuture().join();
        Reservation reservation = new Reservation(7, List.of(charge), admission);

        fleet.node(0).settle(reservation, List.of(3L)).toCompletableFuture().join();

        Charge mark = new Charge(SettledState.key(7, charge.key()), charge.quota(), 1, charge.onStoreFailure());
        assertThat(HexFormat.of().withUpperCase().formatHex(bytes(mark)))
                .isEqualTo(("17 " + number(START + 60 * SECOND)).replace(" ", ""));
    }

    @Test
    void states_that_did_not_say_what_they_are_a_share_of_count_as_they_are() {
        assertFound(
                charge(new TokenBucket(1, Duration.ofSeconds(1), 50), 1),
                "11 " + number(5) + number(0) + number(SECOND) + number(START),
                new Usage(45, SECOND, 0));
        assertFound(
                charge(new SlidingWindow(100, Duration.ofMinutes(1)), 1),
                "12 " + number(2) + number(START) + number(2),
                new Usage(98, 60 * SECOND, 0));
        assertFound(
                charge(new CalendarQuota(10, CalendarQuota.Unit.DAY, ZoneOffset.UTC), 1),
                "13 " + number(0) + number(3) + number(START + SECOND),
                new Usage(7, MIDNIGHT - START, 0));
    }

    private void assertKept(Quota quota, long cost, String state, Usage left) {
        assertKept(charge(quota, cost), state, left);
    }

    /** That a call leaves these bytes, and that these bytes found elsewhere mean what is left. */
    private void assertKept(Charge charge, String state, Usage left) {
        join(charge);
        assertThat(HexFormat.of().withUpperCase().formatHex(bytes(charge))).isEqualTo(state.replace(" ", ""));
        assertFound(
                new Charge(
                        charge(charge.quota(), 1).key(), charge.quota(), 1, charge.onStoreFailure(), charge.holder()),
                state,
                left);
    }

    private void assertFound(Charge charge, String state, Usage left) {
        fleet.client(0)
                .getBucket(PackedCharge.key(charge.key()), ByteArrayCodec.INSTANCE)
                .set(HexFormat.of().parseHex(state.replace(" ", "")));
        assertThat(fleet.node(1).peek(List.of(charge)).toCompletableFuture().join())
                .containsExactly(left);
    }

    private void join(Charge charge) {
        fleet.node(0).acquire(List.of(charge)).toCompletableFuture().join();
    }

    private byte[] bytes(Charge charge) {
        return fleet.client(0)
                .<byte[]>getBucket(PackedCharge.key(charge.key()), ByteArrayCodec.INSTANCE)
                .get();
    }

    private static String number(long value) {
        return HexFormat.of().withUpperCase().toHexDigits(Double.doubleToLongBits((double) value)) + " ";
    }

    private static String integer(long value) {
        return HexFormat.of().withUpperCase().toHexDigits(value).substring(2) + " ";
    }

    private static String narrow(long value) {
        return HexFormat.of().withUpperCase().toHexDigits((int) value) + " ";
    }

    private static Charge charge(Quota quota, long cost) {
        Subject subject = Subject.of("state", Holder.unique().toString());
        return new Charge(LimitKey.of("state", subject), quota, cost, OnStoreFailure.CLOSED);
    }
}
