package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What only a real cluster can show: its slots, and how they move. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTest {

    private static final SlidingWindow TEN_AN_HOUR = new SlidingWindow(10, Duration.ofHours(1));

    private ClusterOfThree cluster;
    private RedisClient client;
    private RedisClusterLimitStore<LimitStore> store;

    @BeforeAll
    void start() throws Exception {
        cluster = ClusterOfThree.start();
        client = RedisClusterFleet.connections(cluster).open();
        store = new RedisClusterLimitStore<>(client, master -> master);
    }

    @AfterAll
    void stop() {
        client.close();
        cluster.close();
    }

    @Test
    void every_master_has_guards_of_its_own() {
        assertThat(store.masters()).hasSize(ClusterOfThree.MASTERS);
    }

    @Test
    void a_call_over_all_masters_that_one_of_them_refuses_leaves_the_others_as_they_were() {
        List<Charge> call = List.of(on(0, "refused", 4), on(1, "refused", 4), on(2, "refused", 4));
        acquire(call);
        acquire(List.of(call.get(1).costing(5)));
        List<Usage> before = peek(call);

        Decision refused = acquire(call);

        assertThat(refused).isInstanceOf(Decision.Denied.class);
        assertThat(refused.usages()).extracting(Usage::remaining).containsExactly(6L, 1L, 6L);
        assertThat(peek(call)).extracting(Usage::remaining).containsExactlyElementsOf(remaining(before));
    }

    @Test
    void a_refund_reaches_every_master() {
        List<Charge> call = List.of(on(0, "refund", 4), on(1, "refund", 3), on(2, "refund", 2));
        Decision.Allowed admission = (Decision.Allowed) acquire(call);

        join(store.refund(call, admission));

        assertThat(peek(call)).extracting(Usage::remaining).containsExactly(10L, 10L, 10L);
    }

    @Test
    void a_slot_that_moves_is_followed_without_a_charge_lost_or_made_twice() {
        Charge charge = on(0, "moving", 1);
        assertThat(remainingAfter(charge)).isEqualTo(9);

        try (SlotMove move = cluster.move(charge, 0, 1)) {
            assertThat(remainingAfter(charge)).isEqualTo(8);
            move.moveKey(charge);
            assertThat(remainingAfter(charge)).isEqualTo(7);
            assertThat(remainingAfter(charge)).isEqualTo(6);
            move.finish();
            assertThat(remainingAfter(charge)).isEqualTo(5);
            assertThat(remainingAfter(charge)).isEqualTo(4);
        }
    }

    @Test
    void a_call_whose_counters_are_on_two_masters_while_their_slot_moves_is_unavailable_at_once_and_charges_none() {
        Charge moved = on(1, "first half", 1);
        Charge kept =
                new Charge(LimitKey.of("second half", moved.key().subject()), TEN_AN_HOUR, 1, OnStoreFailure.LOCAL);
        List<Charge> call = List.of(moved, kept);
        acquire(call);

        try (SlotMove move = cluster.move(moved, 1, 2)) {
            move.moveKey(moved);
            assertThatThrownBy(() -> acquire(call))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessageContaining("TRYAGAIN");
            move.moveKey(kept);
            move.finish();
        }
        assertThat(acquire(call).usages()).extracting(Usage::remaining).containsExactly(8L, 8L);
    }

    @Test
    void one_master_that_is_gone_takes_only_its_own_slots_with_it() throws Exception {
        try (ClusterOfThree other = ClusterOfThree.start();
                RedisClient reached = RedisClusterFleet.connections(other).open()) {
            LimitStore partly = new RedisClusterLimitStore<>(reached, master -> master);
            List<Charge> call = List.of(on(0, "gone", 4), on(1, "gone", 4), on(2, "gone", 4));
            join(partly.acquire(call));

            other.stopMaster(1);

            assertThatThrownBy(() -> join(partly.acquire(call))).isInstanceOf(StoreUnavailable.class);
            for (Charge charge : List.of(call.get(0), call.get(2))) {
                // Given back after the caller has been told, and so perhaps not yet.
                ClusterOfThree.await(
                        () -> join(partly.peek(List.of(charge))).get(0).remaining() == 6);
                assertThat(join(partly.acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);
            }
        }
    }

    /** A charge on a counter of this master. */
    private Charge on(int master, String name, long cost) {
        int tag = IntStream.range(0, PackedCharge.TAGS)
                .filter(candidate -> cluster.masterOf(PackedCharge.prefix(candidate)) == master)
                .findFirst()
                .orElseThrow();
        Subject subject = new Subject(((long) tag << 56) | (name.hashCode() & 0xFFFF_FFFFL), 0);
        return new Charge(LimitKey.of("redis-cluster-test", subject), TEN_AN_HOUR, cost, OnStoreFailure.LOCAL);
    }

    private long remainingAfter(Charge charge) {
        Decision decision = acquire(List.of(charge));
        assertThat(decision).isInstanceOf(Decision.Allowed.class);
        return decision.usages().get(0).remaining();
    }

    private static List<Long> remaining(List<Usage> usages) {
        return usages.stream().map(Usage::remaining).toList();
    }

    private Decision acquire(List<Charge> charges) {
        return join(store.acquire(charges));
    }

    private List<Usage> peek(List<Charge> charges) {
        return join(store.peek(charges));
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
