package io.headgate.limiter.redis;

import io.headgate.limiter.StoreUnavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Sends calls in groups: while one group is under way, further calls queue and leave together when its answer is back, or
 * as soon as they are enough for a second group beside it, so that the store need not wait while answers are read. Never
 * are there more than two. There is no timer: an idle queue adds no latency, and the busier the store the larger the groups.
 *
 * <p>A call whose future has ended before its group leaves, because its deadline passed, is never sent. Nothing is sent
 * twice, and a call whose future has ended while its group was under way is taken back when the answer comes after all
 * ({@link Call#undo}). Thread-safe; at most {@code longestQueue} calls wait, and one more fails at once.
 */
final class GroupCommit {

    private static final int MOST_UNDER_WAY = 2;

    private final int largestGroup;
    private final int longestQueue;
    private final int secondGroup;
    private final Function<List<Call<?>>, CompletionStage<Replies>> transport;

    private final Queue<Waiting<?>> queue = new ArrayDeque<>();
    private int underWay;

    /** The answers of a group, read in the order of its calls. */
    interface Replies {
        <A> A next(Call<A> call);
    }

    private record Waiting<A>(Call<A> call, CompletableFuture<A> answer) {
        /** What takes the call back if its caller has given it up meanwhile. */
        Optional<Call<?>> complete(Replies replies) {
            A reply = replies.next(call);
            return answer.complete(reply) ? Optional.empty() : call.undo(reply);
        }
    }

    /**
     * @param largestGroup calls that leave together at most
     * @param longestQueue calls that wait at most
     * @param secondGroup how many have to wait to leave beside another group
     * @param transport sends a group
     */
    GroupCommit(
            int largestGroup,
            int longestQueue,
            int secondGroup,
            Function<List<Call<?>>, CompletionStage<Replies>> transport) {
        this.largestGroup = largestGroup;
        this.longestQueue = longestQueue;
        this.secondGroup = secondGroup;
        this.transport = transport;
    }

    <A> CompletableFuture<A> submit(Call<A> call) {
        Waiting<A> waiting = new Waiting<>(call, new CompletableFuture<>());
        synchronized (queue) {
            if (queue.size() >= longestQueue) {
                waiting.answer.completeExceptionally(
                        new StoreUnavailable("redis: " + longestQueue + " calls are waiting already"));
                return waiting.answer;
            }
            queue.add(waiting);
            if (underWay == MOST_UNDER_WAY || !mayLeave()) {
                return waiting.answer;
            }
            underWay++;
        }
        sendNext();
        return waiting.answer;
    }

    /** Whether what waits may leave beside what is under way. */
    private boolean mayLeave() {
        return underWay == 0 || queue.size() >= secondGroup;
    }

    /** Sends what waits in the place of a group that has come back. */
    private void sendNext() {
        List<Waiting<?>> group = nextGroup();
        if (group.isEmpty()) {
            return;
        }
        List<Call<?>> calls = new ArrayList<>(group.size());
        group.forEach(waiting -> calls.add(waiting.call));
        CompletionStage<Replies> sent;
        try {
            sent = transport.apply(calls);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedFuture(e);
        }
        sent.whenComplete((replies, error) -> {
            // The next group leaves first: what the callers do with their answers must not hold it up.
            sendNext();
            if (error != null) {
                group.forEach(waiting -> waiting.answer.completeExceptionally(error));
            } else {
                answerAll(group, replies);
            }
        });
    }

    private void answerAll(List<Waiting<?>> group, Replies replies) {
        for (Waiting<?> waiting : group) {
            try {
                waiting.complete(replies).ifPresent(undo -> {
                    var unused = submit(undo);
                });
            } catch (RuntimeException e) {
                waiting.answer.completeExceptionally(e);
            }
        }
    }

    private List<Waiting<?>> nextGroup() {
        List<Waiting<?>> group = new ArrayList<>();
        synchronized (queue) {
            underWay--;
            if (!mayLeave()) {
                return group;
            }
            while (group.size() < largestGroup) {
                Waiting<?> waiting = queue.poll();
                if (waiting == null) {
                    break;
                }
                if (!waiting.answer.isDone()) {
                    group.add(waiting);
                }
            }
            if (!group.isEmpty()) {
                underWay++;
            }
        }
        return group;
    }
}
