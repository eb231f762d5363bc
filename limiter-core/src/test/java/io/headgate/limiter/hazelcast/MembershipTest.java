package io.headgate.limiter.hazelcast;

import static io.headgate.limiter.hazelcast.Calls.charge;
import static io.headgate.limiter.hazelcast.Calls.eventually;
import static io.headgate.limiter.hazelcast.Calls.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import io.headgate.limiter.guard.Share;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MembershipTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final SlidingWindow FIVE_A_MINUTE = new SlidingWindow(5, Duration.ofMinutes(1));
    private static final SlidingWindow FIVE_HUNDRED_AN_HOUR = new SlidingWindow(500, Duration.ofHours(1));

    private HazelcastFleet fleet;

    @BeforeEach
    void open() throws IOException {
        fleet = new HazelcastFleet(START, 2);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @ParameterizedTest
    @EnumSource
    void under_load_a_change_of_members_neither_loses_nor_doubles_a_charge(Change change) throws Exception {
        long limit = 1_000_000;
        Charge charge = charge("api", fleet.subjectOn(1), new SlidingWindow(limit, Duration.ofHours(1)), 1);
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger undecided = new AtomicInteger();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        for (int i = 0; i < 4; i++) {
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        while (!stop.get()) {
                            try {
                                acquire(0, charge);
                                admitted.incrementAndGet();
                            } catch (StoreUnavailable e) {
                                undecided.incrementAndGet();
                            }
                        }
                    },
                    task -> new Thread(task, "caller").start()));
        }
        eventually(() -> assertThat(admitted.get()).isGreaterThan(500));

        change.happen(fleet);

        int then = admitted.get();
        eventually(() -> assertThat(admitted.get()).isGreaterThan(then + 500));
        stop.set(true);
        callers.forEach(Calls::join);
        long used = limit - join(fleet.node(0).peek(List.of(charge))).get(0).remaining();
        assertThat(used).isBetween((long) admitted.get(), (long) admitted.get() + undecided.get());
    }

    @Test
    void what_a_member_is_asked_while_it_dies_it_answers_or_says_that_it_cannot() {
        Charge here = charge("api", fleet.subjectOn(1), FIVE_HUNDRED_AN_HOUR, 1);
        Charge there = charge("tenant", fleet.subjectOn(0), FIVE_HUNDRED_AN_HOUR, 1);
        List<CompletableFuture<Decision>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            if (i == 500) {
                fleet.instance(1).getLifecycleService().terminate();
            }
            calls.add(fleet.node(1).acquire(List.of(here, there)).toCompletableFuture());
        }

        int unavailable = 0;
        for (CompletableFuture<Decision> call : calls) {
            try {
                assertThat(join(call)).isNotNull();
            } catch (StoreUnavailable e) {
                unavailable++;
            }
        }
        assertThat(unavailable).isBetween(500, 1_000);
    }

    @Test
    void a_killed_member_takes_no_admitted_charge_with_it() {
        List<Charge> charges = chargesOnManySubjects();
        for (Charge charge : charges) {
            acquire(1, charge);
        }

        fleet.instance(1).getLifecycleService().terminate();

        eventually(() -> assertThat(charges)
                .allSatisfy(charge -> assertThat(join(fleet.node(0).peek(List.of(charge))))
                        .extracting(Usage::remaining)
                        .containsExactly(2L)));
        assertThat(new HazelcastNodes(fleet.instance(0), 1).share()).isEqualTo(Share.WHOLE);
    }

    @Test
    void counters_move_with_members_that_join_and_leave() throws IOException {
        List<Charge> charges = chargesOnManySubjects();
        for (Charge charge : charges) {
            acquire(0, charge);
        }

        fleet.grow();
        fleet.instance(0).shutdown();
        fleet.instance(1).shutdown();

        assertThat(charges)
                .allSatisfy(charge -> assertThat(join(fleet.node(2).peek(List.of(charge))))
                        .extracting(Usage::remaining)
                        .containsExactly(2L));
    }

    @Test
    void every_member_knows_its_share_and_keeps_it_when_it_has_left() {
        HazelcastNodes nodes = new HazelcastNodes(fleet.instance(1), 1);
        assertThat(new HazelcastNodes(fleet.instance(0), 1).share()).isEqualTo(new Share(0, 2));
        assertThat(nodes.share()).isEqualTo(new Share(1, 2));

        fleet.instance(1).getLifecycleService().terminate();

        assertThat(nodes.share()).isEqualTo(new Share(1, 2));
    }

    private List<Charge> chargesOnManySubjects() {
        List<Charge> charges = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            charges.add(charge("api", Subject.of("user", "many-" + i), FIVE_A_MINUTE, 3));
        }
        return charges;
    }

    private Decision acquire(int node, Charge... charges) {
        return join(fleet.node(node).acquire(List.of(charges)));
    }

    private enum Change {
        OWNER_IS_KILLED {
            @Override
            void happen(HazelcastFleet fleet) {
                fleet.instance(1).getLifecycleService().terminate();
            }
        },
        OWNER_LEAVES {
            @Override
            void happen(HazelcastFleet fleet) {
                fleet.instance(1).shutdown();
            }
        },
        ANOTHER_JOINS {
            @Override
            void happen(HazelcastFleet fleet) throws IOException {
                fleet.grow();
            }
        };

        abstract void happen(HazelcastFleet fleet) throws IOException;
    }
}
