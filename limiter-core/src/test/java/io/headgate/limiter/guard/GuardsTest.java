package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GuardsTest {

    private final ScriptedStore store = new ScriptedStore();

    @Nested
    class Deadline {

        private static final long MILLI = 1_000_000;

        private final ManualDelay time = new ManualDelay();
        private final DeadlineLimitStore guarded =
                new DeadlineLimitStore(store, () -> Duration.ofMillis(20), Runnable::run, time, time::nanos, () -> {});

        @Test
        void a_call_without_an_answer_ends_as_unavailable_and_so_does_the_stores_own_future() {
            CompletionStage<Decision> answer = call();
            time.advance(20 * MILLI - 1);
            assertThat(answer.toCompletableFuture()).isNotDone();

            time.advance(1);

            assertThatThrownBy(() -> get(answer))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessage("no answer from the limit store within 20 ms");
            assertThat(store.asked.get(0)).isCompletedExceptionally();
        }

        @Test
        void a_store_that_keeps_answering_others_is_busy_and_not_silent() {
            CompletionStage<Decision> slow = call();
            for (int i = 1; i <= 10; i++) {
                time.advance(15 * MILLI);
                call();
                store.asked.get(i).complete(ScriptedStore.allowed());
            }
            assertThat(slow.toCompletableFuture()).isNotDone();

            time.advance(20 * MILLI);

            assertThat(slow.toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        void a_busy_store_is_waited_for_twenty_five_deadlines_and_no_longer() {
            CompletionStage<Decision> slow = call();
            for (int i = 1; i < 50; i++) {
                time.advance(10 * MILLI);
                assertThat(slow.toCompletableFuture()).isNotDone();
                call();
                store.asked.get(i).complete(ScriptedStore.allowed());
            }
            time.advance(10 * MILLI);

            assertThat(slow.toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        void answers_that_come_too_late_are_no_sign_of_life() {
            CompletionStage<Decision> given = call();
            time.advance(20 * MILLI);
            assertThat(given.toCompletableFuture()).isCompletedExceptionally();
            CompletionStage<Decision> next = call();
            time.advance(10 * MILLI);
            store.asked.get(0).complete(ScriptedStore.allowed());

            time.advance(10 * MILLI);

            assertThat(next.toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        void time_in_which_this_process_stood_still_is_not_held_against_the_store() {
            CompletionStage<Decision> call = call();
            time.stall(50 * MILLI);
            assertThat(call.toCompletableFuture()).isNotDone();

            store.asked.get(0).complete(ScriptedStore.allowed());

            assertThat(get(call)).isEqualTo(ScriptedStore.allowed());
        }

        @Test
        void a_call_that_is_given_up_after_a_stall_gets_the_time_that_was_lost() {
            CompletionStage<Decision> call = call();
            time.stall(25 * MILLI);
            assertThat(call.toCompletableFuture()).isNotDone();

            time.advance(5 * MILLI);

            assertThat(call.toCompletableFuture()).isCompletedExceptionally();
        }

        private CompletionStage<Decision> call() {
            return guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
        }
    }

    @Nested
    class Breaker {

        private final AtomicLong nanos = new AtomicLong();
        private final BreakerLimitStore guarded = new BreakerLimitStore(store, Duration.ofMillis(500), nanos::get);

        @Test
        void after_five_failures_in_a_row_the_store_is_no_longer_asked() {
            store.failFromNowOn();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> get(guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)))))
                        .isInstanceOf(StoreUnavailable.class);
            }
            assertThat(store.asked).hasSize(BreakerLimitStore.FAILURES_TO_OPEN);
            assertThat(guarded.state()).isEqualTo(BreakerLimitStore.State.OPEN);
        }

        @Test
        void one_probe_passes_per_interval_and_its_answer_closes_the_breaker() {
            store.failFromNowOn();
            for (int i = 0; i < 5; i++) {
                var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            }
            nanos.addAndGet(Duration.ofMillis(624).toNanos());
            store.answerFromNowOn();
            for (int i = 0; i < 10; i++) {
                var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            }
            assertThat(store.asked).hasSize(6);

            store.asked.get(5).complete(ScriptedStore.allowed());

            assertThat(guarded.state()).isEqualTo(BreakerLimitStore.State.CLOSED);
            var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            assertThat(store.asked).hasSize(7);
        }

        @Test
        void a_bug_is_not_an_outage() {
            for (int i = 0; i < 10; i++) {
                var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
                store.asked.get(i).completeExceptionally(new IllegalStateException("a bug"));
            }
            assertThat(guarded.state()).isEqualTo(BreakerLimitStore.State.CLOSED);
        }
    }

    @Nested
    class Fallback {

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
    }

    @Nested
    class Queueing {

        private final QueueingLimitStore guarded = new QueueingLimitStore(store, 2, 3);

        @Test
        void so_many_calls_are_under_way_and_the_others_wait_their_turn() {
            List<CompletionStage<Decision>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(guarded.acquire(List.of(charge(OnStoreFailure.LOCAL))));
            }
            assertThat(store.asked).hasSize(2);

            for (int i = 0; i < 5; i++) {
                store.asked.get(i).complete(ScriptedStore.allowed());
                assertThat(get(calls.get(i))).isEqualTo(ScriptedStore.allowed());
            }
        }

        @Test
        void a_call_that_nobody_waits_for_any_more_is_never_made() {
            var first = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            var second = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            var ended = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            ended.toCompletableFuture().completeExceptionally(new StoreUnavailable("deadline"));

            store.asked.get(0).complete(ScriptedStore.allowed());
            store.asked.get(1).complete(ScriptedStore.allowed());

            assertThat(get(first)).isEqualTo(get(second));
            assertThat(store.asked).hasSize(2);
        }

        @Test
        void ending_a_call_that_waited_its_turn_ends_the_stores_own_future() {
            for (int i = 0; i < 2; i++) {
                var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            }
            var third = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            store.asked.get(0).complete(ScriptedStore.allowed());

            third.toCompletableFuture().completeExceptionally(new StoreUnavailable("deadline"));

            assertThat(store.asked.get(2)).isCompletedExceptionally();
        }

        @Test
        void a_line_that_is_full_says_so_at_once() {
            for (int i = 0; i < 5; i++) {
                var unused = guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)));
            }
            assertThatThrownBy(() -> get(guarded.acquire(List.of(charge(OnStoreFailure.LOCAL)))))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessage("3 calls are waiting for the limit store already");
        }

        @Test
        void a_long_line_before_a_store_that_fails_at_once_is_served_without_recursion() {
            QueueingLimitStore longLine = new QueueingLimitStore(store, 1, 100_000);
            List<CompletionStage<Decision>> calls = new ArrayList<>();
            for (int i = 0; i < 50_000; i++) {
                calls.add(longLine.acquire(List.of(charge(OnStoreFailure.LOCAL))));
            }
            store.failFromNowOn();
            store.asked.get(0).complete(ScriptedStore.allowed());

            assertThat(calls)
                    .allSatisfy(call -> assertThat(call.toCompletableFuture()).isDone());
        }
    }

    private static final AtomicLong SUBJECTS = new AtomicLong();

    private static Charge charge(OnStoreFailure onStoreFailure) {
        Subject subject = Subject.of("guard", Long.toString(SUBJECTS.incrementAndGet()));
        return new Charge(
                LimitKey.of("guard", subject), new SlidingWindow(10, Duration.ofMinutes(1)), 1, onStoreFailure);
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(5, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }
}
