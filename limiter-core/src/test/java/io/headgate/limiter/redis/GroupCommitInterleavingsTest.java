package io.headgate.limiter.redis;

import io.headgate.limiter.Usage;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The line of calls, under interleavings that a model checker picks: each is sent and answered once, one group at a time. */
@Tag("proof")
class GroupCommitInterleavingsTest {

    @Test
    void calls_are_answered_as_if_each_had_been_sent_by_itself() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(Line.class);
    }

    /** Calls that are numbered by a store which takes one group after the other, as Redis does. */
    public static class Line {

        private long received;
        private final GroupCommit line = new GroupCommit(2, 3, 2, calls -> answers(calls.size()));

        private synchronized CompletionStage<GroupCommit.Replies> answers(int calls) {
            long[] numbers = new long[calls];
            for (int i = 0; i < calls; i++) {
                numbers[i] = ++received;
            }
            Iterator<Long> answers = Arrays.stream(numbers).iterator();
            return CompletableFuture.completedFuture(new GroupCommit.Replies() {
                @Override
                @SuppressWarnings("unchecked")
                public <A> A next(Call<A> call) {
                    return (A) List.of(new Usage(answers.next(), 0, 0));
                }
            });
        }

        /** The number that the call was given. */
        @Operation
        public long call() {
            return line.submit(new Call.Peek(List.of())).join().get(0).remaining();
        }
    }
}
