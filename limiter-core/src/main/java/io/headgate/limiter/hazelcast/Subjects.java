package io.headgate.limiter.hazelcast;

import com.hazelcast.client.HazelcastClientNotActiveException;
import com.hazelcast.client.HazelcastClientOfflineException;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.internal.util.ConcurrencyUtil;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.headgate.limiter.StoreUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The map of subjects, as its callers see it: a call either has a reply, or there is no store, or there is a bug.
 *
 * <p>Replies arrive on threads of their own, since a caller that blocked the thread that decides would stop a whole
 * partition, and a further call is forbidden there.
 */
final class Subjects {

    static final String MAP = "headgate.limits";

    static {
        // On a machine with two cores Hazelcast starts a thread for every future it completes, which takes many times
        // as long as the call itself. The setter that changes this is not public API, but there is no other.
        if (ForkJoinPool.getCommonPoolParallelism() == 1) {
            ConcurrencyUtil.setDefaultAsyncExecutor(ForkJoinPool.commonPool());
        }
    }

    private final HazelcastInstance hazelcast;
    private final Executor replies = newThreads();

    Subjects(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    private static Executor newThreads() {
        int count = Math.max(2, Runtime.getRuntime().availableProcessors());
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(count, count, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "hazelcast-limit-store");
                    thread.setDaemon(true);
                    return thread;
                });
        // Idle threads end, so nobody has to close this.
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    CompletableFuture<SubjectReply> submit(UUID key, SubjectCall call) {
        // Not the future of Hazelcast itself: what a caller chains to that runs on Hazelcast's choice of threads.
        CompletableFuture<SubjectReply> reply = new CompletableFuture<>();
        try {
            // handle and not whenComplete, which Hazelcast wraps in one more future of its own.
            // Asked for each time: a client that has not found a member yet has no map.
            var unused = hazelcast
                    .<UUID, byte[]>getMap(MAP)
                    .submitToKey(key, call)
                    .handleAsync(
                            (numbers, error) -> error == null
                                    ? reply.complete(new SubjectReply(numbers))
                                    : reply.completeExceptionally(translated(error)),
                            replies);
        } catch (RuntimeException e) {
            reply.completeExceptionally(translated(e));
        }
        return reply;
    }

    /** Submits one call per part, all at once; replies in the order of the parts. */
    CompletableFuture<List<SubjectReply>> submitAll(List<SubjectPart> parts, Function<SubjectPart, SubjectCall> call) {
        CompletableFuture<List<SubjectReply>> all = CompletableFuture.completedFuture(new ArrayList<>(parts.size()));
        for (SubjectPart part : parts) {
            all = all.thenCombine(submit(part.key(), call.apply(part)), (collected, reply) -> {
                collected.add(reply);
                return collected;
            });
        }
        return all;
    }

    static Throwable translated(Throwable error) {
        if (error instanceof HazelcastException
                || error instanceof HazelcastInstanceNotActiveException
                || error instanceof MemberLeftException
                || error instanceof HazelcastClientOfflineException
                || error instanceof HazelcastClientNotActiveException) {
            return new StoreUnavailable("hazelcast: " + reason(error), error);
        }
        boolean wrapped = error instanceof CompletionException || error instanceof ExecutionException;
        return wrapped && error.getCause() != null ? translated(error.getCause()) : error;
    }

    /** Our own words, or else the name: most of Hazelcast's messages are a page of the invocation's inner state. */
    private static String reason(Throwable error) {
        String message = error.getMessage();
        return error instanceof HazelcastSerializationException && message != null
                ? message
                : error.getClass().getSimpleName();
    }
}
