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
                new DeadlineLimitStore(store, () -> Duration.ofMillis(20), 2, Runnable::run, time, time::nanos);

        @Test
        void a_call_without_an_answer_ends_as_unavailable_and_so_does_the_stores_own_future() {
            silence();
            CompletionStage<Decision> answer = call();
            time.advance(20 * MILLI - 1);
            assertThat(answer.toCompletableFuture()).isNotDone();

            time.advance(1);

            assertThatThrownBy(() -> get(answer))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessage("no answer from the limit store within 20 ms");
            assertThat(store.asked.get(1)).isCompletedExceptionally();
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

            time.advance(40 * MILLI);

            assertThat(slow.toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        void a_store_whose_last_word_was_an_answer_gets_one_more_deadline() {
            silence();
            call();
            store.asked.get(1).complete(ScriptedStore.allowed());
            time.advance(100 * MILLI);
            CompletionStage<Decision> call = call();

            time.advance(40 * MILLI - 1);
            assertThat(call.toCompletableFuture()).isNotDone();
            time.advance(1);

            assertThat(call.toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        void a_busy_store_is_waited_for_a_hundred_deadlines_and_no_longer() {
            CompletionStage<Decision> slow = call();
            for (int i = 1; i < 200; i++) {
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
            silence();
            CompletionStage<Decision> given = call();
            time.advance(20 * MILLI);
            assertThat(given.toCompletableFuture()).isCompletedExceptionally();
            CompletionStage<Decision> next = call();
            time.advance(10 * MILLI);
            store.asked.get(1).complete(ScriptedStore.allowed());

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
        void after_a_stall_the_store_has_a_whole_deadline_to_answer() {
            CompletionStage<Decision> call = call();
            time.stall(45 * MILLI);
            assertThat(call.toCompletableFuture()).isNotDone();

            time.advance(20 * MILLI - 1);
            assertThat(call.toCompletableFuture()).isNotDone();
            time.advance(1);

            assertThat(call.toCompletableFuture()).isCompletedExceptionally();
        }

        /** The store has gone silent before, so that each further call waits one deadline. */
        private void silence() {
            call();
            time.advance(40 * MILLI);
            assertThat(store.asked.get(0)).isCompletedExceptionally();
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

    static Charge charge(OnStoreFailure onStoreFailure) {
        Subject subject = Subject.of("guard", Long.toString(SUBJECTS.incrementAndGet()));
        return new Charge(
                LimitKey.of("guard", subject), new SlidingWindow(10, Duration.ofMinutes(1)), 1, onStoreFailure);
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
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
