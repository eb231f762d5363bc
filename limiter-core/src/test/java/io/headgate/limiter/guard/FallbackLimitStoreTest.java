package io.headgate.limiter.guard;

import static io.headgate.limiter.guard.GuardsTest.charge;
import static io.headgate.limiter.guard.GuardsTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FallbackLimitStoreTest {

    private final ScriptedStore store = new ScriptedStore();
    private final AtomicLong micros = new AtomicLong(1);
    private final LocalLimitStore local = new LocalLimitStore(micros::get, AlgorithmCounter::new);
    private final FallbackLimitStore guarded = new FallbackLimitStore(store, local, () -> new Share(0, 2));

    @Test
    void local_limits_are_enforced_with_this_nodes_share() {
        store.failFromNowOn();
        Charge charge = charge(OnStoreFailure.LOCAL);
        for (int left = 4; left >= 0; left--) {
            Decision decision = get(guarded.acquire(List.of(charge)));
            assertThat(decision.source()).isEqualTo(Decision.Source.LOCAL);
            assertThat(decision.usages()).extracting(Usage::remaining).containsExactly((long) left);
        }
        assertThat(get(guarded.acquire(List.of(charge)))).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void open_limits_are_counted_and_refuse_nothing() {
        store.failFromNowOn();
        Charge open = charge(OnStoreFailure.OPEN);
        for (int i = 0; i < 12; i++) {
            Decision decision = get(guarded.acquire(List.of(open)));
            assertThat(decision).isInstanceOf(Decision.Allowed.class);
            assertThat(decision.usages()).extracting(Usage::remaining).containsExactly(Math.max(0L, 4 - i));
        }
    }

    @Test
    void one_closed_limit_leaves_the_whole_call_undecided_and_uncounted() {
        store.failFromNowOn();
        Charge here = charge(OnStoreFailure.LOCAL);
        assertThatThrownBy(() -> get(guarded.acquire(List.of(here, charge(OnStoreFailure.CLOSED)))))
                .isInstanceOf(StoreUnavailable.class);
        assertThat(get(guarded.peek(List.of(here)))).containsExactly(new Usage(5, 0, 0));
    }

    @Test
    void an_open_limit_does_not_keep_a_local_one_from_refusing_nor_is_it_charged_then() {
        store.failFromNowOn();
        Charge here = charge(OnStoreFailure.LOCAL);
        Charge open = charge(OnStoreFailure.OPEN);
        for (int i = 0; i < 5; i++) {
            Decision decision = get(guarded.acquire(List.of(open, here)));
            assertThat(decision).isInstanceOf(Decision.Allowed.class);
            assertThat(decision.usages()).extracting(Usage::remaining).containsExactly(4L - i, 4L - i);
        }
        Decision refused = get(guarded.acquire(List.of(charge(OnStoreFailure.OPEN), here)));
        assertThat(refused).isInstanceOf(Decision.Denied.class);
        assertThat(refused.usages()).extracting(Usage::remaining).containsExactly(5L, 0L);
        assertThat(refused.usages().get(0).waitMicros()).isZero();
    }

    @Test
    void a_refund_goes_back_to_where_the_decision_was_made() {
        CompletionStage<Decision> shared = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
        store.asked.get(0).complete(ScriptedStore.allowed());
        get(guarded.refund(List.of(charge(OnStoreFailure.LOCAL)), (Decision.Allowed) get(shared)));
        assertThat(store.refunded).containsExactly(ScriptedStore.allowed());

        store.failFromNowOn();
        Charge charge = charge(OnStoreFailure.LOCAL);
        Decision here = get(guarded.acquire(List.of(charge)));
        get(guarded.refund(List.of(charge), (Decision.Allowed) here));
        assertThat(store.refunded).hasSize(1);
        assertThat(get(guarded.peek(List.of(charge)))).containsExactly(new Usage(5, 0, 0));
    }

    @Test
    void a_released_slot_is_free_here_too_when_the_store_goes() {
        Charge slot = new Charge(
                LimitKey.of("streams", Subject.of("user", "ada")),
                new Concurrency(1, Duration.ofHours(1)),
                1,
                OnStoreFailure.LOCAL);
        var unused = guarded.acquire(List.of(slot.heldBy(Holder.of("first"))));
        store.asked.get(0).complete(ScriptedStore.allowed());
        get(guarded.release(List.of(slot.heldBy(Holder.of("first")))));
        store.failFromNowOn();

        assertThat(get(guarded.acquire(List.of(slot.heldBy(Holder.of("second"))))))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(get(guarded.acquire(List.of(slot.heldBy(Holder.of("third"))))))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void what_the_store_admitted_through_this_node_is_not_granted_again_when_it_goes() {
        Charge charge = charge(OnStoreFailure.LOCAL);
        for (int i = 0; i < 4; i++) {
            var unused = guarded.acquire(List.of(charge));
            store.asked.get(i).complete(ScriptedStore.allowed());
        }
        store.failFromNowOn();

        assertThat(get(guarded.acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);
        assertThat(get(guarded.acquire(List.of(charge)))).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void a_bug_in_the_store_is_not_covered_up() {
        CompletionStage<Decision> answer = guarded.acquire(List.of(charge(OnStoreFailure.OPEN)));
        store.asked.get(0).completeExceptionally(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> get(answer)).isInstanceOf(IllegalStateException.class);
    }

    /** Two nodes on one store, of which the first loses it for a while. */
    @Nested
    class AfterAnOutage {

        private final LocalLimitStore shared = new LocalLimitStore(micros::get, AlgorithmCounter::new);
        private final Outage outage = new Outage(shared);
        private final FallbackLimitStore first = new FallbackLimitStore(
                outage, new LocalLimitStore(micros::get, AlgorithmCounter::new), () -> new Share(0, 2), Runnable::run);

        @Test
        void what_a_node_admitted_alone_is_charged_to_the_store_once_it_answers() {
            Charge charge = charge(OnStoreFailure.LOCAL);
            outage.begins = true;
            get(first.acquire(List.of(charge)));
            get(first.acquire(List.of(charge)));
            outage.begins = false;

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isEqualTo(8);
        }

        @Test
        void what_no_longer_fits_takes_what_is_left() {
            Charge charge = charge(OnStoreFailure.LOCAL);
            outage.begins = true;
            for (int i = 0; i < 4; i++) {
                get(first.acquire(List.of(charge)));
            }
            outage.begins = false;
            for (int i = 0; i < 7; i++) {
                get(shared.acquire(List.of(charge)));
            }

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isZero();
        }

        @Test
        void what_has_expired_since_is_not_owed_any_more() {
            Charge charge = charge(OnStoreFailure.LOCAL);
            outage.begins = true;
            get(first.acquire(List.of(charge)));
            outage.begins = false;
            micros.addAndGet(62_000_000);

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isEqualTo(10);
        }

        @Test
        void a_report_that_the_store_did_not_answer_is_made_again() {
            Charge charge = charge(OnStoreFailure.LOCAL);
            outage.begins = true;
            get(first.acquire(List.of(charge)));
            outage.begins = false;
            outage.answersLeft = 1;
            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));
            assertThat(remaining(charge)).isEqualTo(10);

            outage.answersLeft = Integer.MAX_VALUE;
            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isEqualTo(9);
        }

        @Test
        void neither_what_was_given_back_nor_what_an_open_limit_let_pass_is_reported() {
            Charge charge = charge(OnStoreFailure.LOCAL);
            Charge open = charge(OnStoreFailure.OPEN);
            outage.begins = true;
            Decision here = get(first.acquire(List.of(open, charge)));
            get(first.refund(List.of(open, charge), (Decision.Allowed) here));
            get(first.acquire(List.of(open)));
            outage.begins = false;

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isEqualTo(10);
            assertThat(remaining(open)).isEqualTo(10);
        }

        @Test
        void what_a_node_admitted_alone_is_settled_there_and_reported_as_it_was_settled() {
            Charge charge = charge(OnStoreFailure.LOCAL).costing(4);
            outage.begins = true;
            Decision.Allowed here = (Decision.Allowed) get(first.acquire(List.of(charge)));
            Reservation reservation = Reservation.of(List.of(charge), here);
            get(first.settle(reservation, List.of(1L)));
            assertThat(get(first.acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);
            outage.begins = false;

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            assertThat(remaining(charge)).isEqualTo(10 - 1 - 4);
        }

        @Test
        void a_reset_forgets_what_the_store_and_the_node_have_counted_and_what_is_to_be_reported() {
            Charge charge = charge(OnStoreFailure.LOCAL).costing(4);
            get(shared.acquire(List.of(charge)));
            outage.begins = true;
            get(first.acquire(List.of(charge)));
            outage.begins = false;

            get(first.reset(List.of(charge.key())));
            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));
            assertThat(remaining(charge)).isEqualTo(10);

            outage.begins = true;
            assertThat(get(first.acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void a_slot_is_not_reported_and_the_store_gets_to_know_its_holder_by_the_next_renewal() {
            Charge slot = new Charge(
                    LimitKey.of("slots", Subject.EVERYONE),
                    new Concurrency(4, Duration.ofSeconds(45)),
                    1,
                    OnStoreFailure.LOCAL);
            outage.begins = true;
            get(first.acquire(List.of(slot.heldBy(new Holder(1)))));
            get(first.acquire(List.of(slot.heldBy(new Holder(2)))));
            assertThat(get(first.acquire(List.of(slot.heldBy(new Holder(3)))))).isInstanceOf(Decision.Denied.class);
            outage.begins = false;

            get(first.acquire(List.of(slot.heldBy(new Holder(2)))));

            assertThat(remaining(slot)).isEqualTo(3);
        }

        @Test
        void what_a_node_admitted_alone_to_a_queue_or_a_penalty_is_reported_and_blocks_nobody() {
            LimitKey key = LimitKey.of("login", Subject.EVERYONE);
            Charge penal = new Charge(
                    key,
                    new Penalty(new SlidingWindow(10, Duration.ofMinutes(1)), Duration.ofMinutes(15)),
                    4,
                    OnStoreFailure.LOCAL);
            Charge paced = new Charge(
                    LimitKey.of("paced", Subject.EVERYONE),
                    new LeakyBucket(10, Duration.ofSeconds(10), Duration.ofSeconds(10)),
                    2,
                    OnStoreFailure.LOCAL);
            get(shared.acquire(List.of(penal.costing(9))));
            outage.begins = true;
            get(first.acquire(List.of(penal, paced)));
            Decision queued = get(first.acquire(List.of(paced)));
            outage.begins = false;

            get(first.acquire(List.of(charge(OnStoreFailure.LOCAL))));

            // Of a half of the rate, two tokens take four seconds; of the whole, four take as long.
            assertThat(((Decision.Allowed) queued).delayMicros()).isEqualTo(4_000_000);
            assertThat(get(shared.peek(List.of(penal.costing(1), paced))))
                    .extracting(Usage::remaining, Usage::waitMicros)
                    .containsExactly(tuple(0L, 60_000_000L), tuple(7L, 0L));
        }

        private long remaining(Charge charge) {
            return get(shared.peek(List.of(charge))).get(0).remaining();
        }
    }

    /** A store that can be out of reach. */
    private static final class Outage implements LimitStore {

        private final LimitStore store;
        boolean begins;
        int answersLeft = Integer.MAX_VALUE;

        Outage(LimitStore store) {
            this.store = store;
        }

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            return begins || answersLeft-- == 0
                    ? CompletableFuture.failedFuture(new StoreUnavailable("out of reach"))
                    : store.acquire(charges);
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            return store.refund(charges, admission);
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            return store.settle(reservation, actual);
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            return store.reset(keys);
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return store.peek(charges);
        }
    }
}
