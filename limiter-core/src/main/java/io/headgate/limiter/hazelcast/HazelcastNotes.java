package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Notes in the members' own memory, each with a copy on a second member. Thread-safe; the member or client stays the
 * caller's.
 */
public final class HazelcastNotes implements SharedNotes {

    private static final String MAP = "headgate.notes";

    private final HazelcastInstance member;

    /** @param member started by {@link HazelcastMember#start()} or {@link HazelcastGuest#start()} */
    public HazelcastNotes(HazelcastInstance member) {
        this.member = member;
    }

    @Override
    public CompletionStage<Void> put(Subject about, byte[] note, Duration keep) {
        SharedNotes.check(note, keep);
        return ask(map -> map.putAsync(key(about), note, keep.toMillis(), TimeUnit.MILLISECONDS))
                .thenApply(before -> null);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(Subject about) {
        return ask(map -> map.getAsync(key(about))).thenApply(Optional::ofNullable);
    }

    @Override
    public CompletionStage<Optional<byte[]>> remove(Subject about) {
        return ask(map -> map.removeAsync(key(about))).thenApply(Optional::ofNullable);
    }

    private static String key(Subject about) {
        return String.format(Locale.ROOT, "%016x%016x", about.hi(), about.lo());
    }

    private <T> CompletionStage<T> ask(Function<IMap<String, byte[]>, CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            question.apply(member.getMap(MAP)).whenComplete((found, error) -> {
                if (error == null) {
                    answer.complete(found);
                } else {
                    answer.completeExceptionally(new StoreUnavailable("hazelcast: " + error.getMessage(), error));
                }
            });
        } catch (RuntimeException e) {
            // A member that has been shut down throws here and not in the stage.
            answer.completeExceptionally(new StoreUnavailable("hazelcast: " + e.getMessage(), e));
        }
        return answer;
    }
}
