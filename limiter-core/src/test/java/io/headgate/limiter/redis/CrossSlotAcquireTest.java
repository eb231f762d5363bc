package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The orders in which masters may speak, or not. */
class CrossSlotAcquireTest {

    private static final SlidingWindow TEN = new SlidingWindow(10, Duration.ofMinutes(1));
    private static final Usage LEFT = new Usage(9, 0, 0);

    private final List<Charge> call = List.of(charge(0), charge(1), charge(2));
    private final List<Master> masters = List.of(new Master(), new Master(), new Master());

    @Test
    void it_is_admitted_when_the_last_master_has_admitted_and_not_before() {
        CompletableFuture<Decision> answer = decide();
        masters.get(2).admit(30);
        masters.get(0).admit(10);
        assertThat(answer).isNotDone();

        masters.get(1).admit(20);

        Decision.Allowed admission = (Decision.Allowed) answer.join();
        assertThat(admission.atMicros()).containsExactly(10L, 20L, 30L);
        assertThat(masters).allSatisfy(master -> assertThat(master.givenBack).isEmpty());
    }

    @Test
    void a_refusal_is_told_once_the_others_have_their_charges_back() {
        CompletableFuture<Decision> answer = decide();
        masters.get(0).admit(10);
        masters.get(1).refuse();
        masters.get(2).admit(30);
        assertThat(answer).isNotDone();

        masters.get(0).refunded.complete(null);
        masters.get(2).refunded.complete(null);

        Decision.Denied denied = (Decision.Denied) answer.join();
        assertThat(denied.positions()).containsExactly(0, 1, 2);
        assertThat(denied.retryAfterMicros()).isEqualTo(7);
        assertThat(masters.get(0).givenBack).containsExactly(10L);
        assertThat(masters.get(1).givenBack).isEmpty();
        assertThat(masters.get(2).givenBack).containsExactly(30L);
    }

    @Test
    void a_refusal_stands_even_if_a_charge_cannot_be_given_back() {
        CompletableFuture<Decision> answer = decide();
        masters.get(0).refuse();
        masters.get(1).admit(20);
        masters.get(2).refuse();
        masters.get(1).refunded.completeExceptionally(new StoreUnavailable("gone"));

        assertThat(((Decision.Denied) answer.join()).positions()).containsExactly(0, 2);
    }

    @Test
    void one_master_without_an_answer_leaves_the_call_undecided_at_once_and_what_the_others_say_later_is_given_back() {
        CompletableFuture<Decision> answer = decide();
        masters.get(0).admit(10);

        masters.get(1).asked.completeExceptionally(new StoreUnavailable("silent"));

        assertThat(answer).isCompletedExceptionally();
        masters.get(2).admit(30);
        assertThat(masters.get(0).givenBack).containsExactly(10L);
        assertThat(masters.get(2).givenBack).containsExactly(30L);
    }

    @Test
    void after_a_master_that_is_known_to_be_gone_nobody_is_asked() {
        masters.get(1).asked.completeExceptionally(new StoreUnavailable("breaker"));

        CompletableFuture<Decision> answer = decide();

        assertThat(answer).isCompletedExceptionally();
        assertThat(masters.get(2).calls).isZero();
        masters.get(0).admit(10);
        assertThat(masters.get(0).givenBack).containsExactly(10L);
    }

    @Test
    void an_admission_that_comes_after_its_caller_has_given_up_is_given_back_everywhere() {
        CompletableFuture<Decision> answer = decide();
        answer.completeExceptionally(new StoreUnavailable("deadline"));

        masters.forEach(master -> master.admit(1));

        assertThat(masters).allSatisfy(master -> assertThat(master.givenBack).containsExactly(1L));
    }

    @Test
    void a_lease_is_taken_or_renewed_only_when_everything_else_is_charged() {
        Charge slot = new Charge(call.get(0).key(), new Concurrency(2, Duration.ofMinutes(1)), 1, OnStoreFailure.LOCAL)
                .heldBy(Holder.of("me"));
        List<Charge> withSlot = List.of(slot, call.get(1), call.get(2));
        CompletableFuture<Decision> refused = decide(withSlot);
        masters.get(1).admit(20);
        masters.get(2).refuse();
        masters.get(1).refunded.complete(null);
        assertThat(refused.join()).isInstanceOf(Decision.Denied.class);
        assertThat(((Decision.Denied) refused.join()).positions()).containsExactly(0, 1, 2);
        assertThat(masters.get(0).calls).isZero();

        masters.get(2).asked = new CompletableFuture<>();
        CompletableFuture<Decision> admitted = decide(withSlot);
        masters.get(2).admit(30);
        assertThat(masters.get(0).calls).isOne();
        masters.get(0).admit(10);
        assertThat(((Decision.Allowed) admitted.join()).atMicros()).containsExactly(10L, 20L, 30L);
    }

    private CompletableFuture<Decision> decide() {
        return decide(call);
    }

    private CompletableFuture<Decision> decide(List<Charge> charges) {
        return new CrossSlotAcquire(
                        SlotPart.of(charges),
                        part -> masters.get(part.positions().get(0)),
                        charges.size())
                .decide();
    }

    private static Charge charge(int tag) {
        return new Charge(LimitKey.of("limit", new Subject((long) tag << 56, 0)), TEN, 1, OnStoreFailure.LOCAL);
    }

    /** A master that speaks when it is told to. */
    private static final class Master implements LimitStore {

        CompletableFuture<Decision> asked = new CompletableFuture<>();
        final CompletableFuture<Void> refunded = new CompletableFuture<>();
        final List<Long> givenBack = new ArrayList<>();
        int calls;

        void admit(long atMicros) {
            asked.complete(new Decision.Allowed(List.of(LEFT), Decision.Source.STORE, List.of(atMicros)));
        }

        void refuse() {
            asked.complete(new Decision.Denied(List.of(new Usage(0, 7, 7)), Decision.Source.STORE));
        }

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            calls++;
            return asked;
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            givenBack.addAll(admission.atMicros());
            return refunded;
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            throw new UnsupportedOperationException("nobody settles");
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            throw new UnsupportedOperationException("nobody resets");
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return CompletableFuture.completedFuture(List.of(LEFT));
        }
    }
}
