package io.headgate.limiter.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.CalendarState;
import io.headgate.limiter.algorithm.LeakyBucketState;
import io.headgate.limiter.algorithm.LeasesState;
import io.headgate.limiter.algorithm.PenaltyState;
import io.headgate.limiter.algorithm.SettledState;
import io.headgate.limiter.algorithm.SlidingWindowState;
import io.headgate.limiter.algorithm.TokenBucketState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerializationTest {

    private static final long START = 1_790_000_000_000_000L;

    /** What {@code subject-state-v1.hex} holds. Neither may ever change: counters of a running fleet look like this. */
    private static final SubjectState KEPT = new SubjectState(List.of(
            new Counter(
                    0x0123_4567_89AB_CDEFL, new TokenBucketState(17, 999_999, 1_000_000, START), START + 18_000_000),
            new Counter(
                    -1, SlidingWindowState.of(START + 59, 400, START + 119, 1L << 45), START + 3_600_000_000L + 119)));

    @Test
    void bytes_that_version_1_has_written_are_read_and_written_for_ever() throws IOException {
        byte[] kept = fixture("subject-state-v1.hex");

        assertThat(SubjectState.of(kept)).isEqualTo(KEPT);
        assertThat(HexFormat.of().formatHex(KEPT.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(kept));
    }

    @Test
    void budgets_and_slots_that_version_1_has_written_are_read_and_written_for_ever() throws IOException {
        SubjectState kept = new SubjectState(List.of(
                new Counter(5, new CalendarState(CalendarQuota.Unit.WEEK, 1L << 45, START + 70), START + 70),
                new Counter(6, LeasesState.of(0x0123_4567_89AB_CDEFL, START + 40, -2, START + 45), START + 45)));
        byte[] bytes = fixture("subject-state-v1-budget-and-slots.hex");

        assertThat(SubjectState.of(bytes)).isEqualTo(kept);
        assertThat(HexFormat.of().formatHex(kept.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(bytes));
    }

    @Test
    void queues_and_blocks_that_version_1_has_written_are_read_and_written_for_ever() throws IOException {
        SubjectState kept = new SubjectState(List.of(
                new Counter(7, new LeakyBucketState(START + 40, 2, 3, START), START + 41),
                new Counter(
                        8,
                        new PenaltyState(SlidingWindowState.of(START, 5), START + 900_000_000),
                        START + 900_000_000)));
        byte[] bytes = fixture("subject-state-v1-queue-and-block.hex");

        assertThat(HexFormat.of().formatHex(kept.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(bytes));
        assertThat(SubjectState.of(bytes)).isEqualTo(kept);
    }

    @Test
    void shares_of_a_limit_that_version_1_has_written_are_read_and_written_for_ever() throws IOException {
        SubjectState kept = new SubjectState(List.of(
                new Counter(9, new TokenBucketState(17, 2, 3, START, 20), START + 18),
                new Counter(10, SlidingWindowState.of(START, 5, START + 9, 1).under(8), START + 100),
                new Counter(11, new CalendarState(CalendarQuota.Unit.MONTH, 7, START + 70, 1L << 45), START + 70)));
        byte[] bytes = fixture("subject-state-v1-shares.hex");

        assertThat(HexFormat.of().formatHex(kept.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(bytes));
        assertThat(SubjectState.of(bytes)).isEqualTo(kept);
    }

    @Test
    void settlements_that_version_1_has_written_are_read_and_written_for_ever() throws IOException {
        SubjectState kept = new SubjectState(List.of(new Counter(0x0123_4567_89AB_CDEFL, new SettledState(), START)));
        byte[] bytes = fixture("subject-state-v1-settlement.hex");

        assertThat(HexFormat.of().formatHex(kept.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(bytes));
        assertThat(SubjectState.of(bytes)).isEqualTo(kept);
    }

    @Test
    void of_many_settlements_of_a_subject_the_latest_are_remembered() {
        List<Counter> counters = new ArrayList<>();
        counters.add(KEPT.counters().get(0));
        for (int i = 0; i < SubjectState.MOST_SETTLEMENTS + 10; i++) {
            counters.add(new Counter(i, new SettledState(), START + i));
        }

        List<Counter> few = new SubjectState(counters).withFewSettlements().counters();

        assertThat(few).hasSize(SubjectState.MOST_SETTLEMENTS + 1).startsWith(counters.get(0), counters.get(11));
    }

    @Test
    void any_state_survives_its_bytes() {
        SubjectState extremes = new SubjectState(List.of(
                new Counter(
                        Long.MIN_VALUE,
                        new TokenBucketState(Quota.MAX_COUNT, (1L << 52) - 1, 1L << 52, 0),
                        Long.MAX_VALUE),
                new Counter(Long.MAX_VALUE, new TokenBucketState(0, 0, 1, -1), Long.MIN_VALUE),
                new Counter(0, SlidingWindowState.of(), 0),
                new Counter(2, new CalendarState(CalendarQuota.Unit.DAY, 0, Long.MIN_VALUE), Long.MAX_VALUE),
                new Counter(3, LeasesState.of(), 0),
                new Counter(5, new LeakyBucketState(Long.MIN_VALUE, 0, 1, Long.MAX_VALUE), 0),
                new Counter(
                        6,
                        new PenaltyState(new LeakyBucketState(1, (1L << 52) - 1, 1L << 52, -1), Long.MAX_VALUE),
                        Long.MIN_VALUE),
                new Counter(4, LeasesState.of(-1, Long.MIN_VALUE, 0, 5, 1, Long.MAX_VALUE), 5),
                new Counter(1, SlidingWindowState.of(Long.MIN_VALUE, 1, -1, 2, 0, 3, Long.MAX_VALUE, 4), 5)));

        assertThat(SubjectState.of(extremes.toBytes())).isEqualTo(extremes);
        assertThat(SubjectState.of(SubjectState.EMPTY.toBytes())).isEqualTo(SubjectState.EMPTY);
        assertThat(SubjectState.of(null)).isEqualTo(SubjectState.EMPTY);
    }

    @Test
    void a_bucket_costs_a_subject_few_bytes() {
        SubjectState one = new SubjectState(List.of(KEPT.counters().get(0)));

        assertThat(one.toBytes()).hasSizeLessThanOrEqualTo(32);
    }

    @Test
    void a_state_of_a_newer_version_is_never_read_as_something_else() {
        byte[] newer = KEPT.toBytes();
        newer[0] = 2;

        assertThatThrownBy(() -> SubjectState.of(newer))
                .isInstanceOf(HazelcastSerializationException.class)
                .hasMessage("state of a subject: version 2 (expected: 1; written by another release)");
    }

    @Test
    void a_state_cut_off_anywhere_is_never_read_as_something_else() {
        byte[] whole = KEPT.toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SubjectState.of(cut)).isInstanceOf(HazelcastSerializationException.class);
        }
        assertThatThrownBy(() -> SubjectState.of(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(HazelcastSerializationException.class)
                .hasMessageEndingWith("1 bytes too many at byte " + whole.length);
    }

    @Test
    void calls_and_outcomes_survive_their_bytes() {
        List<LimitCall> limits = List.of(
                new LimitCall(
                        -7, new TokenBucket(Quota.MAX_COUNT, Quota.MAX_PERIOD, Quota.MAX_COUNT), Quota.MAX_COUNT, null),
                new LimitCall(7, new SlidingWindow(1, Duration.ofNanos(1_000)), 1, null),
                new LimitCall(
                        8,
                        new CalendarQuota(9, CalendarQuota.Unit.MONTH, ZoneId.of("America/Argentina/Buenos_Aires")),
                        1,
                        null),
                new LimitCall(9, new Concurrency(3, Duration.ofSeconds(45)), 1, new Holder(Long.MIN_VALUE)),
                new LimitCall(10, new Concurrency(3, Duration.ofSeconds(45)), 1, null),
                new LimitCall(11, new LeakyBucket(5, Duration.ofSeconds(1), Duration.ofMillis(700)), 5, null),
                new LimitCall(
                        12, new Penalty(new SlidingWindow(5, Duration.ofMinutes(1)), Duration.ofMinutes(15)), 1, null));

        assertThat(read(new SubjectCall.Acquire(limits)))
                .isInstanceOfSatisfying(
                        SubjectCall.Acquire.class,
                        call -> assertThat(call.limits).isEqualTo(limits));
        assertThat(read(new SubjectCall.Peek(limits)))
                .isInstanceOfSatisfying(
                        SubjectCall.Peek.class, call -> assertThat(call.limits).isEqualTo(limits));
        assertThat(read(new SubjectCall.Refuse(limits)))
                .isInstanceOfSatisfying(
                        SubjectCall.Refuse.class,
                        call -> assertThat(call.limits).isEqualTo(limits));
        assertThat(read(new SubjectCall.Refund(limits, new long[] {START, -1, 0, 1, 2, 3, Long.MAX_VALUE})))
                .isInstanceOfSatisfying(SubjectCall.Refund.class, call -> {
                    assertThat(call.limits).isEqualTo(limits);
                    assertThat(call.atMicros).containsExactly(START, -1, 0, 1, 2, 3, Long.MAX_VALUE);
                });

        long[] numbers = {START, -1, 0, 1, 2, 3, Long.MAX_VALUE};
        assertThat(read(new SubjectCall.Settle(limits, numbers, Long.MIN_VALUE, numbers)))
                .isInstanceOfSatisfying(SubjectCall.Settle.class, call -> {
                    assertThat(call.limits).isEqualTo(limits);
                    assertThat(call.atMicros).isEqualTo(numbers);
                    assertThat(call.reservation).isEqualTo(Long.MIN_VALUE);
                    assertThat(call.actual).isEqualTo(numbers);
                });
        assertThat(read(new SubjectCall.Reset(List.of(1L, -1L))))
                .isInstanceOfSatisfying(
                        SubjectCall.Reset.class,
                        call -> assertThat(call.forgotten).containsExactly(1L, -1L));

        WriteStateSerializer outcomes = new WriteStateSerializer();
        WriteState outcome = outcomes.read(outcomes.write(new WriteState(new byte[] {1, 2, 3}, 70_000)));
        assertThat(outcome.state).containsExactly(1, 2, 3);
        assertThat(outcome.ttlMillis).isEqualTo(70_000);
    }

    @Test
    void calls_of_a_newer_version_are_refused() {
        SubjectCallSerializer calls = new SubjectCallSerializer();
        byte[] newer = calls.write(new SubjectCall.Peek(List.of()));
        newer[0] = 2;

        assertThatThrownBy(() -> calls.read(newer))
                .isInstanceOf(HazelcastSerializationException.class)
                .hasMessage("call: version 2 (expected: 1; written by another release)");
    }

    private static SubjectCall read(SubjectCall call) {
        SubjectCallSerializer calls = new SubjectCallSerializer();
        return calls.read(calls.write(call));
    }

    private static byte[] fixture(String name) throws IOException {
        try (InputStream in = SerializationTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).trim());
        }
    }
}
