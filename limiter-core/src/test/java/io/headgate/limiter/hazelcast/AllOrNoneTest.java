package io.headgate.limiter.hazelcast;

import static io.headgate.limiter.hazelcast.Calls.charge;
import static io.headgate.limiter.hazelcast.Calls.eventually;
import static io.headgate.limiter.hazelcast.Calls.join;
import static io.headgate.limiter.hazelcast.Calls.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.map.IMap;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AllOrNoneTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final SlidingWindow FIVE_HUNDRED_AN_HOUR = new SlidingWindow(500, Duration.ofHours(1));
    private static final TokenBucket PER_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 20);

    private static HazelcastFleet fleet;

    @BeforeAll
    static void open() throws IOException {
        fleet = new HazelcastFleet(START, 2);
    }

    @AfterAll
    static void close() {
        fleet.close();
    }

    @BeforeEach
    void startAnew() {
        subjects().clear();
        fleet.resetClocks(START);
    }

    @Test
    void a_call_refused_on_one_member_leaves_the_entries_of_all_as_they_were() {
        Subject user = fleet.subjectOn(0);
        Subject address = fleet.subjectOn(1);
        Charge narrow = charge("api", user, PER_SECOND, 3);
        Charge full = charge("login", address, FIVE_A_MINUTE, 5);
        Charge everyone = charge("gateway", Subject.EVERYONE, FIVE_HUNDRED_AN_HOUR, 7);
        acquire(0, narrow);
        acquire(1, full);
        acquire(0, everyone);
        Map<UUID, List<Byte>> before = entries();
        List<Usage> usagesBefore = join(fleet.node(0).peek(List.of(everyone, narrow, full)));

        Decision decision = acquire(1, everyone, narrow, full);

        assertThat(decision).isEqualTo(new Decision.Denied(usagesBefore, Decision.Source.STORE));
        assertThat(entries()).isEqualTo(before).hasSize(3);
    }

    @Test
    void a_refused_call_leaves_no_entry_for_a_subject_never_seen_before() {
        Charge full = charge("login", fleet.subjectOn(1), FIVE_A_MINUTE, 5);
        acquire(0, full);

        assertThat(acquire(0, charge("api", fleet.subjectOn(0), PER_SECOND, 1), full))
                .isInstanceOf(Decision.Denied.class);

        assertThat(entries()).containsOnlyKeys(key(full));
    }

    @Test
    void a_refusal_by_a_narrow_subject_never_touches_what_everyone_shares() {
        Charge full = charge("login", fleet.subjectOn(0), FIVE_A_MINUTE, 5);
        acquire(0, full);

        acquire(0, charge("gateway", Subject.EVERYONE, FIVE_HUNDRED_AN_HOUR, 1), full);

        assertThat(SubjectPart.of(List.of(charge("gateway", Subject.EVERYONE, FIVE_HUNDRED_AN_HOUR, 1), full)))
                .extracting(SubjectPart::key)
                .endsWith(new UUID(Subject.EVERYONE.hi(), Subject.EVERYONE.lo()));
        assertThat(entries()).containsOnlyKeys(key(full));
    }

    @Test
    void a_renewal_in_a_call_that_another_subject_refuses_prolongs_no_lease() {
        Charge slot = charge("streams", fleet.subjectOn(0), new Concurrency(2, Duration.ofSeconds(45)), 1)
                .heldBy(Holder.of("session"));
        Charge full = charge("gateway", Subject.EVERYONE, FIVE_A_MINUTE, 5);
        acquire(0, slot);
        acquire(0, full);
        Map<UUID, List<Byte>> before = entries();
        fleet.resetClocks(START + 10 * SECOND);

        assertThat(acquire(1, slot, full)).isInstanceOf(Decision.Denied.class);

        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void many_concurrent_calls_over_several_subjects_admit_exactly_what_the_tightest_allows() {
        Charge roomy = charge("api", fleet.subjectOn(0), new TokenBucket(1, Duration.ofMinutes(1), 100_000), 1);
        Charge tight = charge("tenant", fleet.subjectOn(1), FIVE_HUNDRED_AN_HOUR, 1);
        List<CompletableFuture<Decision>> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            calls.add(fleet.node(i % 2).acquire(List.of(roomy, tight)).toCompletableFuture());
        }

        long admitted = calls.stream()
                .map(Calls::join)
                .filter(Decision.Allowed.class::isInstance)
                .count();

        assertThat(admitted).isEqualTo(500);
        assertThat(join(fleet.node(0).peek(List.of(roomy, tight))))
                .extracting(Usage::remaining)
                .containsExactly(99_500L, 0L);
    }

    @Test
    void answers_need_no_thread_of_their_own() {
        Charge charge = charge("api", fleet.subjectOn(1), FIVE_HUNDRED_AN_HOUR, 1);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getTotalStartedThreadCount();

        for (int i = 0; i < 500; i++) {
            acquire(0, charge);
        }

        assertThat(threads.getTotalStartedThreadCount() - before).isLessThan(50);
    }

    @Test
    void a_refund_finds_each_charge_at_the_moment_its_own_member_counted_it() {
        Charge here = charge("api", fleet.subjectOn(0), FIVE_A_MINUTE, 2);
        Charge there = charge("login", fleet.subjectOn(1), FIVE_A_MINUTE, 3);
        HazelcastFleet.setClock(fleet.instance(1), () -> START + 17);
        Decision.Allowed admission = (Decision.Allowed) acquire(0, here, there);

        join(fleet.node(1).refund(List.of(here, there), admission));

        assertThat(admission.atMicros()).containsExactly(START, START + 17);
        assertThat(entries()).isEmpty();
    }

    @Test
    void a_refused_call_leaves_nothing_even_where_the_clock_is_behind_the_counter() {
        Charge counted = charge("api", fleet.subjectOn(0), FIVE_A_MINUTE, 1);
        Charge full = charge("login", fleet.subjectOn(1), FIVE_A_MINUTE, 5);
        acquire(0, counted);
        acquire(0, full);
        Map<UUID, List<Byte>> before = entries();

        fleet.setMicros(START - 2 * SECOND);
        assertThat(acquire(0, counted, full)).isInstanceOf(Decision.Denied.class);

        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void a_call_whose_later_subject_has_no_answer_gives_back_the_earlier_ones() {
        Charge earlier = charge("api", fleet.subjectOn(0), PER_SECOND, 4);
        Charge unreadable = charge("login", fleet.subjectOn(1), FIVE_A_MINUTE, 1);
        byte[] newer = {2, 1, 2, 3};
        subjects().set(key(unreadable), newer);

        assertThatThrownBy(() -> acquire(0, earlier, unreadable))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("hazelcast: state of a subject: version 2 (expected: 1; written by another release)");

        assertThat(join(fleet.node(0).peek(List.of(earlier)))).containsExactly(new Usage(20, 0, 0));
        assertThat(subjects().get(key(unreadable))).isEqualTo(newer);
    }

    @Test
    void a_call_that_is_ended_before_it_is_decided_charges_no_further_subject_and_gives_back_the_first() {
        Charge first = charge("api", fleet.subjectOn(1), PER_SECOND, 4);
        Charge second = charge("login", fleet.subjectOn(0), FIVE_A_MINUTE, 1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger firstAsked = new AtomicInteger();
        AtomicInteger secondAsked = new AtomicInteger();
        HazelcastFleet.setClock(fleet.instance(1), () -> {
            firstAsked.incrementAndGet();
            awaitQuietly(ended);
            return START;
        });
        HazelcastFleet.setClock(fleet.instance(0), () -> {
            secondAsked.incrementAndGet();
            return START;
        });

        CompletableFuture<Decision> call =
                fleet.node(0).acquire(List.of(first, second)).toCompletableFuture();
        eventually(() -> assertThat(firstAsked).hasValue(1));
        call.completeExceptionally(new StoreUnavailable("deadline"));
        ended.countDown();

        eventually(() -> assertThat(firstAsked).as("charged, then given back").hasValue(2));
        eventually(() -> assertThat(entries()).isEmpty());
        assertThat(secondAsked).hasValue(0);
    }

    @Test
    void a_call_that_is_ended_while_its_last_subject_decides_is_given_back() {
        Charge only = charge("api", fleet.subjectOn(1), PER_SECOND, 4);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        HazelcastFleet.setClock(fleet.instance(1), () -> {
            asked.incrementAndGet();
            awaitQuietly(ended);
            return START;
        });

        CompletableFuture<Decision> call = fleet.node(0).acquire(List.of(only)).toCompletableFuture();
        eventually(() -> assertThat(asked).hasValue(1));
        call.completeExceptionally(new StoreUnavailable("deadline"));
        ended.countDown();

        eventually(() -> assertThat(asked).as("charged, then given back").hasValue(2));
        eventually(() -> assertThat(entries()).isEmpty());
    }

    @Test
    void an_entry_lives_as_long_as_its_slowest_limit_and_little_longer() {
        Subject user = fleet.subjectOn(0);
        Charge hourly = charge("hourly", user, FIVE_HUNDRED_AN_HOUR, 1);
        Charge bucket = charge("api", user, PER_SECOND, 20);
        acquire(0, bucket);
        assertThat(ttlMillis(bucket)).isCloseTo(20_000, within(WriteState.SPARE_MILLIS));

        acquire(0, hourly);
        fleet.setMicros(START + 20 * SECOND);
        acquire(0, bucket);

        assertThat(ttlMillis(bucket)).isBetween(3_580_000L, 3_660_000L + WriteState.SPARE_MILLIS);
    }

    @Test
    void a_port_that_is_taken_is_an_error_and_not_another_port() {
        HazelcastMember again = fleet.member(fleet.port(0));

        assertThatThrownBy(again::start)
                .isInstanceOf(HazelcastException.class)
                .hasMessageContaining("[" + fleet.port(0) + "] is already in use");
    }

    private IMap<UUID, byte[]> subjects() {
        return fleet.instance(0).getMap(Subjects.MAP);
    }

    private Map<UUID, List<Byte>> entries() {
        return subjects().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> bytes(entry.getValue())));
    }

    private static List<Byte> bytes(byte[] value) {
        List<Byte> bytes = new ArrayList<>();
        for (byte each : value) {
            bytes.add(each);
        }
        return bytes;
    }

    private long ttlMillis(Charge charge) {
        return subjects().getEntryView(key(charge)).getTtl();
    }

    private Decision acquire(int node, Charge... charges) {
        return join(fleet.node(node).acquire(List.of(charges)));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
