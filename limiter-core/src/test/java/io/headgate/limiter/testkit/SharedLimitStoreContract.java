package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store promises besides when its shared part can be lost. */
public abstract class SharedLimitStoreContract extends LimitStoreContract {

    private static final Duration RECOVERY = Duration.ofMinutes(1);

    /** A fleet of its own for the outage, so that other tests do not notice. */
    protected abstract BreakableFleet openBreakableFleet() throws Exception;

    /** A fleet whose shared part can be taken away and brought back. */
    public interface BreakableFleet extends Fleet {

        /** Makes the shared part stop answering. Returns when it has. */
        void breakStore() throws Exception;

        /** Brings the shared part back, with or without what it had counted. */
        void healStore() throws Exception;
    }

    @Test
    void an_outage_is_store_unavailable_and_never_a_decision_and_ends_by_itself() throws Exception {
        try (BreakableFleet fleet = openBreakableFleet()) {
            Charge charge = charge(new SlidingWindow(100, Duration.ofMinutes(1)), 1);
            assertThat(join(fleet.node(0).acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);

            fleet.breakStore();
            for (int node = 0; node < 2; node++) {
                var store = fleet.node(node);
                assertThatThrownBy(() -> join(store.acquire(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
                assertThatThrownBy(() -> join(store.peek(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
            }

            fleet.healStore();
            for (int node = 0; node < 2; node++) {
                assertThat(firstDecision(fleet, node, charge)).isInstanceOf(Decision.Allowed.class);
            }
        }
    }

    private static Decision firstDecision(Fleet fleet, int node, Charge charge) {
        long end = System.nanoTime() + RECOVERY.toNanos();
        while (true) {
            try {
                return join(fleet.node(node).acquire(List.of(charge)));
            } catch (StoreUnavailable e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("still unavailable " + RECOVERY + " after the store came back", e);
                }
                pause();
            }
        }
    }

    /** A store that comes back needs the processor too. */
    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void on_a_random_schedule_queues_and_penalties_answer_like_the_algorithms(long seed) {
        Random random = new Random(seed);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<Charge> limits = List.of(
                charge(randomQueue(random), 1),
                charge(new Penalty(randomCount(random), micros(1L + random.nextInt(3_000_000))), 1),
                charge(new Penalty(randomQueue(random), micros(1L + random.nextInt(300_000))), 1),
                charge(randomCount(random), 1));
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(8) == 0 ? random.nextInt(3_000_000) : random.nextInt(200_000));
            List<Charge> call = new ArrayList<>();
            for (Charge limit : limits) {
                if (random.nextBoolean() || (call.isEmpty() && limit.equals(limits.get(3)))) {
                    call.add(withCost(
                            limit, 1 + random.nextLong(Math.min(6, limit.quota().largestCost()))));
                }
            }
            String when = "seed " + seed + ", step " + step;
            Decision decision = join(fleet().node(step % 2).acquire(call));
            assertAnswers(decision, join(reference.acquire(call)), when);
            if (decision instanceof Decision.Allowed allowed && random.nextInt(4) == 0) {
                advance(random.nextInt(100_000));
                join(fleet().node(0).refund(call, allowed));
                join(reference.refund(call, allowed));
            }
            assertThat(join(fleet().node(0).peek(limits))).as(when).isEqualTo(join(reference.peek(limits)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void on_a_random_schedule_settlements_come_to_what_they_come_to_in_the_algorithms(long seed) {
        Random random = new Random(seed);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<Charge> limits = ofOneSubject(List.of(
                randomCount(random),
                new SlidingWindow(500, micros(3_000_000)),
                new TokenBucket(70, micros(1_000_000), 200),
                new CalendarQuota(2_000, CalendarQuota.Unit.DAY, ZoneOffset.UTC),
                randomQueue(random),
                new Penalty(new SlidingWindow(40, micros(2_000_000)), micros(500_000))));
        List<Reservation> open = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            advance(random.nextInt(8) == 0 ? random.nextInt(3_000_000) : random.nextInt(100_000));
            List<Charge> call = new ArrayList<>();
            for (Charge limit : limits) {
                if (random.nextInt(3) == 0 || (call.isEmpty() && limit.equals(limits.get(5)))) {
                    call.add(withCost(
                            limit,
                            1 + random.nextLong(Math.min(20, limit.quota().largestCost()))));
                }
            }
            String when = "seed " + seed + ", step " + step;
            Decision decision = join(fleet().node(step % 2).acquire(call));
            assertAnswers(decision, join(reference.acquire(call)), when);
            if (decision instanceof Decision.Allowed allowed) {
                open.add(Reservation.of(call, allowed));
            }
            if (!open.isEmpty() && random.nextInt(3) > 0) {
                int chosen = random.nextInt(open.size());
                Reservation reservation = random.nextInt(4) == 0 ? open.get(chosen) : open.remove(chosen);
                List<Long> actual = reservation.charges().stream()
                        .map(charge -> random.nextLong(3 * charge.cost()))
                        .toList();
                join(fleet().node(1).settle(reservation, actual));
                join(reference.settle(reservation, actual));
            }
            assertThat(join(fleet().node(0).peek(limits))).as(when).isEqualTo(join(reference.peek(limits)));
        }
    }

    /** So that every store charges all of them or none in one step: a bucket that was charged and given back is not untouched. */
    private static List<Charge> ofOneSubject(List<Quota> quotas) {
        Charge first = charge(quotas.get(0), 1);
        List<Charge> charges = new ArrayList<>();
        for (Quota quota : quotas) {
            LimitKey key = new LimitKey(charges.size(), first.key().subject());
            charges.add(new Charge(key, quota, 1, first.onStoreFailure()));
        }
        return charges;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void on_a_random_schedule_limits_that_change_answer_like_the_algorithms(long seed) {
        Random random = new Random(seed);
        LocalLimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<List<Quota>> editions = editions(random);
        List<Charge> keys =
                editions.get(0).stream().map(quota -> charge(quota, 1)).toList();
        List<List<Charge>> limits = new ArrayList<>();
        for (List<Quota> edition : editions) {
            List<Charge> charges = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                charges.add(keys.get(i).against(edition.get(i)));
            }
            limits.add(charges);
        }
        for (int step = 0; step < 300; step++) {
            advance(random.nextInt(8) == 0 ? random.nextInt(3_000_000) : random.nextInt(20_000));
            Charge limit = limits.get(random.nextInt(limits.size())).get(random.nextInt(keys.size()));
            List<Charge> call = List.of(
                    withCost(limit, 1 + random.nextLong(1 + limit.quota().capacity() / 4)));
            String when = "seed " + seed + ", step " + step;
            assertThat(join(fleet().node(step % 2).acquire(call))).as(when).isEqualTo(join(reference.acquire(call)));
            List<Charge> others = limits.get(step % limits.size());
            assertThat(join(fleet().node(0).peek(others))).as(when).isEqualTo(join(reference.peek(others)));
        }
    }

    /** The same limits, with other numbers each: small ones, large ones, and some whose product with another is no long. */
    private static List<List<Quota>> editions(Random random) {
        List<List<Quota>> editions = new ArrayList<>();
        for (long most : List.of(20L, 3_000L, Quota.MAX_COUNT)) {
            long count = 1 + most / 2 + random.nextLong(most / 2);
            editions.add(List.of(
                    new TokenBucket(1 + count / 7, Duration.ofSeconds(1 + random.nextInt(3)), count),
                    new SlidingWindow(count, Duration.ofSeconds(2)),
                    new CalendarQuota(count, CalendarQuota.Unit.DAY, ZoneOffset.UTC)));
        }
        return editions;
    }
}
