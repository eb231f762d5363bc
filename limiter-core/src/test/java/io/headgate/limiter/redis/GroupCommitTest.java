package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Decision;
import io.headgate.limiter.StoreUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private final List<List<Call<?>>> sent = new ArrayList<>();
    private final List<CompletableFuture<GroupCommit.Replies>> answers = new ArrayList<>();
    private final GroupCommit commit = new GroupCommit(4, 10, 11, this::send);

    private CompletableFuture<GroupCommit.Replies> send(List<Call<?>> group) {
        sent.add(group);
        CompletableFuture<GroupCommit.Replies> answer = new CompletableFuture<>();
        answers.add(answer);
        return answer;
    }

    @Test
    void an_idle_store_is_asked_at_once_and_a_busy_one_gets_groups() {
        for (int i = 0; i < 7; i++) {
            var unused = commit.submit(call());
        }
        assertThat(sent).hasSize(1);

        answers.get(0).complete(new Admitting());
        answers.get(1).complete(new Admitting());

        assertThat(sent).extracting(List::size).containsExactly(1, 4, 2);
    }

    @Test
    void calls_that_are_enough_leave_beside_the_group_that_is_under_way_and_no_third_one_does() {
        GroupCommit eager = new GroupCommit(4, 10, 3, this::send);
        for (int i = 0; i < 8; i++) {
            var unused = eager.submit(call());
        }
        assertThat(sent).extracting(List::size).containsExactly(1, 3);

        answers.get(0).complete(new Admitting());
        assertThat(sent).extracting(List::size).containsExactly(1, 3, 4);
    }

    @Test
    void calls_that_are_too_few_for_a_second_group_leave_when_the_last_one_is_back() {
        GroupCommit eager = new GroupCommit(4, 10, 3, this::send);
        for (int i = 0; i < 6; i++) {
            var unused = eager.submit(call());
        }
        answers.get(0).complete(new Admitting());
        assertThat(sent).extracting(List::size).containsExactly(1, 3);

        answers.get(1).complete(new Admitting());
        assertThat(sent).extracting(List::size).containsExactly(1, 3, 2);
    }

    @Test
    void a_call_that_nobody_waits_for_any_more_is_never_sent() {
        var unused = commit.submit(call());
        CompletableFuture<Decision> late = commit.submit(call());
        CompletableFuture<Decision> inTime = commit.submit(call());
        late.completeExceptionally(new StoreUnavailable("deadline"));

        answers.get(0).complete(new Admitting());
        answers.get(1).complete(new Admitting());

        assertThat(sent).extracting(List::size).containsExactly(1, 1);
        assertThat(inTime).isCompleted();
    }

    @Test
    void an_admission_that_comes_after_its_caller_has_given_up_is_given_back() {
        CompletableFuture<Decision> givenUp = commit.submit(call());
        givenUp.completeExceptionally(new StoreUnavailable("deadline"));

        answers.get(0).complete(new Admitting());

        assertThat(sent).hasSize(2);
        assertThat(sent.get(1)).singleElement().isInstanceOf(Call.Refund.class);
    }

    @Test
    void an_error_reaches_every_call_of_its_group_and_no_other() {
        CompletableFuture<Decision> first = commit.submit(call());
        CompletableFuture<Decision> second = commit.submit(call());

        answers.get(0).completeExceptionally(new StoreUnavailable("gone"));
        answers.get(1).complete(new Admitting());

        assertThatThrownBy(first::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreUnavailable.class);
        assertThat(second.join()).isEqualTo(Admitting.ADMITTED);
    }

    @Test
    void a_queue_that_is_full_says_so_at_once() {
        for (int i = 0; i < 11; i++) {
            var unused = commit.submit(call());
        }
        assertThatThrownBy(() -> commit.submit(call()).join())
                .cause()
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("redis: 10 calls are waiting already");
    }

    @Test
    void from_many_threads_every_call_is_sent_exactly_once_and_never_three_groups_together() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        ExecutorService store = Executors.newSingleThreadExecutor();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            GroupCommit busy = new GroupCommit(16, 100_000, 4, group -> {
                assertThat(underWay.incrementAndGet()).isLessThanOrEqualTo(2);
                calls.addAndGet(group.size());
                return CompletableFuture.supplyAsync(
                        () -> {
                            underWay.decrementAndGet();
                            return new Admitting();
                        },
                        store);
            });
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 2_000; i++) {
                                assertThat(busy.submit(call()).join()).isEqualTo(Admitting.ADMITTED);
                            }
                        },
                        callers));
            }
            for (CompletableFuture<Void> done : all) {
                done.get(100, TimeUnit.SECONDS);
            }
            assertThat(calls).hasValue(16_000);
        } finally {
            callers.shutdownNow();
            store.shutdownNow();
        }
    }

    private static Call.Acquire call() {
        return new Call.Acquire(List.of());
    }

    private record Admitting() implements GroupCommit.Replies {
        static final Decision ADMITTED = new Decision.Allowed(List.of(), Decision.Source.STORE, List.of());

        @Override
        @SuppressWarnings("unchecked")
        public <A> A next(Call<A> call) {
            return (A) ADMITTED;
        }
    }
}
